"""What was hidden or shown of organisers before they had levels keeps its place in release's memory."""

import pytest

from orchestration.database.provisioning import provision
from orchestration.settings import Settings
from tests.conftest import connect_as_admin

BEFORE_AND_NOW = {
    "school/reading/stage=achieved|5701929|primary|achieved|P7":
        "school/reading.reading/stage=achieved|5701929|primary|achieved|P7",
    "school/stage/writing=achieved|5701929|primary|P7|achieved":
        "school/stage/writing.writing=achieved|5701929|primary|P7|achieved",
    "sector/deprivation/gaelic_listening_and_talking=achieved|primary|5|achieved":
        "sector/deprivation/gaelic_listening_and_talking.gaelic_listening_and_talking=achieved|primary|5|achieved",
    "sector/numeracy.numeracy_judged=judged|primary|judged": "sector/numeracy.numeracy_judged=judged|primary|judged",
    "sector/literacy=achieved|primary|achieved": "sector/literacy=achieved|primary|achieved",
    "sector/numeracy/stage=above|primary|above|P7": "sector/numeracy/stage=above|primary|above|P7",
    "school/numeracy.numeracy=achieved|1|primary|achieved": "school/numeracy.numeracy=achieved|1|primary|achieved",
}  # fmt: skip


@pytest.mark.parametrize("times", [1, 2])
def test_names_of_organisers_follow(settings: Settings, times: int) -> None:
    with connect_as_admin(settings) as admin:
        admin.execute("delete from control.protected_cells where local_authority_code = 'S12000099'")
        for cell in BEFORE_AND_NOW:
            admin.execute(
                "insert into control.protected_cells (local_authority_code, subject, population, period, cell, "
                "release_id, status) values ('S12000099', 'attainment', 'returned', '2024/25', %s, 1, 'hidden')",
                [cell],
            )
    for _ in range(times):
        provision(settings)
    with connect_as_admin(settings) as admin:
        rows = admin.execute("select cell from control.protected_cells where local_authority_code = 'S12000099'")
        assert {cell for (cell,) in rows.fetchall()} == set(BEFORE_AND_NOW.values())
        admin.execute("delete from control.protected_cells where local_authority_code = 'S12000099'")
