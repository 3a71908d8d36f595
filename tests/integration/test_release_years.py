"""Past years that nothing has touched are left as they stand, and only they."""

from pathlib import Path

import pytest

from orchestration.database import connect
from orchestration.release import provision_aggregated
from orchestration.release.door import decide
from orchestration.release.tables.contracts import ReleaseContract, load_release_contracts
from orchestration.settings import Settings
from tests.conftest import NewWarehouse, connect_as_admin
from tests.support.release_database import ask, build_marts, empty, release
from tests.support.release_exact import fake_manifest
from tests.support.release_world import AUTHORITY, YEAR, random_world

__all__ = ["empty"]
SIZES = {
    ("5000001", "primary"): 60,
    ("5000002", "primary"): 120,
    ("5000004", "secondary"): 200,
    ("5000007", "primary"): 3,
}
PAST = "2024/25"
CHANGES = """
    create table if not exists control.scope_changes (origin text, local_authority_code text, academic_year text,
        changed_at timestamptz, primary key (origin, local_authority_code, academic_year));
    insert into control.scope_changes values
        ('attendance_by_school_year', '{authority}', '{year}', clock_timestamp())
    on conflict (origin, local_authority_code, academic_year) do update set changed_at = excluded.changed_at
"""
EVERYTHING = "select md5(string_agg(rows::text, ',' order by rows::text)) from aggregated.{mart} as rows"


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake_manifest(
        tmp_path_factory.mktemp("contracts") / "manifest.json", made=("month_history", "cluster_attendance")
    )


@pytest.fixture(scope="module")
def contracts(manifest: Path) -> tuple[ReleaseContract, ...]:
    return load_release_contracts(manifest)


@pytest.fixture(scope="module")
def warehouse(new_warehouse: NewWarehouse, manifest: Path) -> Settings:
    settings = new_warehouse()
    provision_aggregated(settings, manifest)
    return settings


@pytest.fixture
def two_years(empty: Settings, contracts: tuple[ReleaseContract, ...]) -> Settings:
    """The same figures in two years; the build has noted when each of them changed."""
    build_marts(empty, random_world(SIZES), contracts)
    with connect(empty, "transformer") as connection:
        tables = ["split_pupils", "split_pupil_half_days", "persistent_absence_pupils"]
        for table in [*tables, *(contract.mart for contract in contracts)]:
            found = connection.execute(
                "select column_name, data_type from information_schema.columns "
                "where table_schema = 'aggregated_exact' and table_name = %s order by ordinal_position",
                [table],
            ).fetchall()
            values = ", ".join(
                f"'{PAST}'"
                if name == "academic_year"
                else f"({name} - interval '1 year')::date"
                if kind == "date"
                else name
                for name, kind in found
            )
            connection.execute(f"insert into aggregated_exact.{table} select {values} from aggregated_exact.{table}")
        for year in (PAST, YEAR):
            connection.execute(CHANGES.format(authority=AUTHORITY, year=year))
    return empty


@pytest.fixture
def protected(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The years that each release decided anew."""
    seen: list[set[str]] = []
    honest = decide.protect

    def watched(exact, *others):  # type: ignore[no-untyped-def]
        seen.append(set(exact["attendance_by_school_year"].columns["academic_year"]))
        return honest(exact, *others)

    monkeypatch.setattr(decide, "protect", watched)
    return seen


def _everything(settings: Settings, contracts: tuple[ReleaseContract, ...]) -> list[object]:
    return [ask(settings, EVERYTHING.format(mart=contract.mart)) for contract in contracts]


def test_a_past_year_is_left_alone_until_something_in_it_changes(
    two_years: Settings, contracts: tuple[ReleaseContract, ...], protected: list[set[str]]
) -> None:
    assert release(two_years) == "released"
    stood = _everything(two_years, contracts)
    assert release(two_years) == "unchanged"
    assert _everything(two_years, contracts) == stood

    with connect(two_years, "transformer") as connection:
        connection.execute(CHANGES.format(authority=AUTHORITY, year=PAST))
    assert release(two_years) == "unchanged"
    assert release(two_years) == "unchanged"

    with connect(two_years, "releaser") as connection:
        connection.execute("delete from released.attendance_by_school_sex where academic_year = %s", [PAST])
    assert release(two_years) == "released"
    with connect(two_years, "transformer") as connection:
        connection.execute("update control.build_state set code_version = 'v2'")
        connection.execute("update control.model_builds set code_version = 'v2'")
    assert release(two_years) == "unchanged"
    both, latest = {PAST, YEAR}, {YEAR}
    assert protected == [both, latest, both, latest, both, both]


def test_the_year_after_shows_the_same_rates_of_last_year(
    two_years: Settings, contracts: tuple[ReleaseContract, ...], protected: list[set[str]]
) -> None:
    query = """
        select seed_code, sector, rate_same_weeks_last_year, same_weeks_symbol
        from aggregated.attendance_by_school_year where academic_year = %s order by 1, 2
    """.replace("%s", f"'{YEAR}'")
    with connect(two_years, "transformer") as connection:
        connection.execute(
            "update aggregated_exact.attendance_by_school_year set rate_same_weeks_last_year = 0.9, weeks_compared = 8 "
            "where academic_year = %s",
            [YEAR],
        )
    assert release(two_years) == "released"
    stood = ask(two_years, query)
    assert {symbol for *_, symbol in stood} == {None, "[c]"}
    assert release(two_years) == "unchanged"
    assert ask(two_years, query) == stood
    assert protected == [{PAST, YEAR}, {YEAR}]


def test_clusters_of_a_year_left_alone_follow_the_list(
    two_years: Settings, contracts: tuple[ReleaseContract, ...], protected: list[set[str]]
) -> None:
    query = "select academic_year, seed_code, cluster_name from aggregated.attendance_by_cluster order by 1, 2"
    assert release(two_years) == "released"
    assert ask(two_years, query) == []
    with connect_as_admin(two_years) as connection, connection.cursor() as cursor:
        cursor.execute("delete from access.clusters")
        cursor.executemany(
            "insert into access.clusters values (%s, 'Alva', %s, %s, 'council')",
            [(AUTHORITY, *school) for school in SIZES],
        )
    assert release(two_years) == "released"
    both = [(year, seed_code, "Alva") for year in (PAST, YEAR) for seed_code, _ in sorted(SIZES)]
    assert ask(two_years, query) == both
    assert release(two_years) == "unchanged"
    assert protected == [{PAST, YEAR}, {YEAR}, {YEAR}]
