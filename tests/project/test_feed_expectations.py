"""The freshness check judges feeds by dbt vars; the contracts are where the times are decided."""

import yaml

from orchestration.contracts import load_contracts
from orchestration.settings import PROJECT_DIR


def expectations_of_contracts() -> dict[str, dict[str, object]]:
    found = {}
    for feed in load_contracts():
        path = PROJECT_DIR / "orchestration" / "contracts" / "seemis" / f"{feed}.yml"
        contract = yaml.safe_load(path.read_text())
        levels = {level["property"]: level["value"] for level in contract.get("slaProperties", [])}
        if levels:
            found[feed] = {
                "every_days": levels["frequency"],
                "latency_days": levels["latency"],
                "by": levels["timeOfAvailability"],
            }
    return found


def test_dbt_expects_feeds_when_their_contracts_do() -> None:
    project = yaml.safe_load((PROJECT_DIR / "dbt_project" / "dbt_project.yml").read_text())
    of_dbt = {
        feed: {name: value for name, value in expectation.items() if name != "required"}
        for feed, expectation in project["vars"]["feed_expectations"].items()
    }
    assert of_dbt == expectations_of_contracts()
