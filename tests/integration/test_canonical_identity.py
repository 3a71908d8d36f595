"""Persons and tokens: rules 1, 2, 3 and 6, the key, and that nothing identifying gets out."""

import stat
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr

from orchestration.database import connect
from orchestration.identity import (
    KeyMismatchError,
    KeyMissingError,
    assign_identities,
    domain_key,
    load_key,
)
from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.canonical_world import CanonicalWorld, Delivery, Row

HERE, THERE = "S12000005", "S12000030"
DAY = date(2025, 9, 5)


def pupil(scn: int, seemis_pupil_id: str, born: date = date(2015, 3, 1)) -> Row:
    return {"scn": scn, "seemis_pupil_id": seemis_pupil_id, "date_of_birth": born}


@pytest.fixture(scope="module")
def shared_world(new_warehouse: NewWarehouse) -> CanonicalWorld:
    return CanonicalWorld(new_warehouse(built=True))


@pytest.fixture
def world(shared_world: CanonicalWorld) -> CanonicalWorld:
    shared_world.empty()
    return shared_world


def people(world: CanonicalWorld) -> dict[str, int]:
    rows = world.query("select local_authority_code || '|' || seemis_pupil_id, pupil_id from vault.identity_map")
    return dict(rows)


def tokens(world: CanonicalWorld) -> set[str]:
    return {str(row[0]) for row in world.query("select token from vault.tokens")}


def test_two_ids_of_one_authority_are_two_persons_and_a_new_scn_makes_no_new_one(world: CanonicalWorld) -> None:
    world.deliver(Delivery(DAY, {"pupils": [pupil(1, "A"), pupil(1, "B")]}))
    first = assign_identities(world.settings)
    world.deliver(Delivery(date(2025, 9, 12), {"pupils": [pupil(2, "A"), pupil(1, "B")]}))
    second = assign_identities(world.settings)
    assert (first.new_people, second.new_people, second.people) == (2, 0, 2)
    assert len(set(people(world).values())) == 2


def test_a_placeholder_makes_no_two_pupils_one_person(world: CanonicalWorld) -> None:
    for day in (DAY, date(2025, 9, 12)):  # in one run and in two
        for authority in (HERE, THERE):
            rows = [pupil(scn, f"{authority[-1]}{day.day}{scn}") for scn in (0, 111111111, 123456789, 999999999)]
            world.deliver(Delivery(day, {"pupils": rows}, authority=authority))
        found = assign_identities(world.settings)
        assert (found.new_people, found.known_elsewhere) == (8, 0)
    assert len(set(people(world).values())) == 16


def test_a_transfer_is_one_person_and_another_date_of_birth_is_another(world: CanonicalWorld) -> None:
    world.deliver(Delivery(DAY, {"pupils": [pupil(1, "A"), pupil(2, "B")]}))
    assign_identities(world.settings)
    world.deliver(
        Delivery(date(2025, 9, 12), {"pupils": [pupil(1, "X"), pupil(2, "Y", date(2014, 1, 1))]}, authority=THERE)
    )
    result = assign_identities(world.settings)
    found = people(world)
    assert (result.new_people, result.known_elsewhere, result.people) == (1, 1, 3)
    assert found[f"{HERE}|A"] == found[f"{THERE}|X"]
    assert found[f"{HERE}|B"] != found[f"{THERE}|Y"]


def test_two_ids_of_one_authority_do_not_both_become_the_same_person_of_another(world: CanonicalWorld) -> None:
    world.deliver(Delivery(DAY, {"pupils": [pupil(1, "A")]}))
    world.deliver(Delivery(DAY, {"pupils": [pupil(1, "X"), pupil(1, "Y")]}, authority=THERE))
    assign_identities(world.settings)
    found = people(world)
    assert found[f"{HERE}|A"] == found[f"{THERE}|X"] != found[f"{THERE}|Y"]


def test_again_changes_nothing_and_a_rebuild_gives_the_same_tokens(world: CanonicalWorld) -> None:
    deliveries = (
        Delivery(DAY, {"pupils": [pupil(1, "A"), pupil(2, "B")]}),
        Delivery(date(2025, 9, 12), {"pupils": [pupil(1, "A"), pupil(3, "C")]}),
        Delivery(date(2025, 9, 12), {"pupils": [pupil(3, "X")]}, authority=THERE),
    )
    world.deliver(*deliveries)
    assign_identities(world.settings)
    before, known = tokens(world), people(world)
    assert assign_identities(world.settings).files_read == 0
    assert (tokens(world), people(world)) == (before, known)
    world.empty()
    for delivery in deliveries:
        world.deliver(delivery)
        assign_identities(world.settings)
    assert tokens(world) == before


def test_withdrawn_and_superseded_snapshots_make_nobody_known(world: CanonicalWorld) -> None:
    withdrawn = Delivery(DAY, {"pupils": [pupil(1, "A")]})
    superseded = Delivery(date(2025, 9, 12), {"pupils": [pupil(2, "B")]})
    world.deliver(withdrawn, superseded)
    world.event(withdrawn, "withdrawn")
    world.deliver(Delivery(date(2025, 9, 12), {"pupils": [pupil(3, "C")]}, sequence=2, supersedes=superseded.key))
    assign_identities(world.settings)
    assert list(people(world)) == [f"{HERE}|C"]


def test_another_key_is_refused_before_anything_is_written(world: CanonicalWorld) -> None:
    world.deliver(Delivery(DAY, {"pupils": [pupil(1, "A")]}))
    assign_identities(world.settings)
    world.deliver(Delivery(date(2025, 9, 12), {"pupils": [pupil(2, "B")]}))
    other = world.settings.model_copy(update={"pseudonym_key": SecretStr("another key of at least 32 characters")})
    with pytest.raises(KeyMismatchError, match="Nothing was written"):
        assign_identities(other)
    assert list(people(world)) == [f"{HERE}|A"]
    assert assign_identities(world.settings).new_people == 1


def test_a_lost_key_file_is_not_replaced_by_a_new_key(world: CanonicalWorld) -> None:
    world.deliver(Delivery(DAY, {"pupils": [pupil(1, "A")]}))
    assign_identities(world.settings)
    path = world.settings.home / "pseudonym.key"
    key = path.read_text()
    path.unlink()
    world.deliver(Delivery(date(2025, 9, 12), {"pupils": [pupil(2, "B")]}))
    try:
        with pytest.raises(KeyMissingError, match="put the file back"):
            assign_identities(world.settings)
    finally:
        path.write_text(key)
        path.chmod(0o600)


def test_the_key_is_made_on_first_use_of_the_embedded_database_only(tmp_path: Path) -> None:
    embedded = Settings(home=tmp_path)
    key = load_key(embedded)
    assert len(key) >= 32
    assert load_key(embedded) == key
    assert stat.S_IMODE((tmp_path / "pseudonym.key").stat().st_mode) == 0o600
    with pytest.raises(KeyMissingError, match="WAREHOUSE_PSEUDONYM_KEY"):
        load_key(Settings(home=tmp_path, target="server"))
    with pytest.raises(KeyMissingError, match="shorter than 32"):
        load_key(Settings(home=tmp_path, pseudonym_key=SecretStr("short")))
    (tmp_path / "pseudonym.key").chmod(0o644)
    with pytest.raises(KeyMissingError, match="chmod 600"):
        load_key(embedded)


def test_two_domains_have_two_keys() -> None:
    assert domain_key(b"m" * 32, "analytics") != domain_key(b"m" * 32, "linkage")


def test_no_key_and_no_identifier_lies_in_the_database_or_its_logs(world: CanonicalWorld) -> None:
    world.deliver(Delivery(DAY, {"pupils": [pupil(123456789, "ZQX987")]}))
    assign_identities(world.settings)
    key = load_key(world.settings).decode()
    logs = "".join(path.read_text(errors="ignore") for path in world.settings.home.rglob("*log*") if path.is_file())
    assert key not in logs
    assert "ZQX987" not in logs
    assert "123456789" not in logs
    with connect(world.settings, "pseudonymiser") as connection:
        settings = connection.execute("select string_agg(name || setting, ' ') from pg_settings").fetchone()
    assert settings
    assert key not in settings[0]


def test_numbers_follow_no_identifier_and_tokens_lie_in_their_order(world: CanonicalWorld) -> None:
    ids = [f"{number:06d}" for number in range(400)]
    world.deliver(Delivery(DAY, {"pupils": [pupil(100_000_000 + at, name) for at, name in enumerate(ids)]}))
    assign_identities(world.settings)
    by_number = [
        int(name)
        for (name,) in world.query("select seemis_pupil_id from vault.identity_map order by pupil_id")  # as given
    ]
    assert sorted(by_number) == list(range(400))
    in_place = sum(at == number for at, number in enumerate(by_number))
    upwards = sum(first < second for first, second in pairwise(by_number))
    # by chance one of 400 stands in its place, and half of 399 pairs go upwards (standard deviation 6)
    assert in_place <= 8
    assert 165 <= upwards <= 235
    as_they_lie = [row[0] for row in world.query("select pupil_id from vault.tokens order by ctid")]
    assert as_they_lie == sorted(as_they_lie)


def test_the_order_of_arrival_does_not_change_who_is_numbered_first_in_a_batch(world: CanonicalWorld) -> None:
    """The same batch gets the same order of numbers, whatever the order of its rows."""
    rows = [pupil(1000 + at, f"P{at}") for at in range(40)]
    world.deliver(Delivery(DAY, {"pupils": rows}))
    assign_identities(world.settings)
    before = people(world)
    world.empty()
    world.deliver(Delivery(DAY, {"pupils": rows[::-1]}))
    assign_identities(world.settings)
    assert people(world) == before
