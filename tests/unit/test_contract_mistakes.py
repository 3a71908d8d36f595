"""Each key of each contract, mistyped, left out, twice or with a wrong value: a message that a person can act on.

It names file, line, key with its path, what stands there and what is allowed; it never is a traceback or a library's
own words.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from orchestration.contracts import CONTRACTS_DIR, ContractError, load_contracts, read_contract
from orchestration.contracts.document import Document, Place, read_document, shown
from orchestration.contracts.loader import mistakes

DOCUMENTS = {path.stem: read_document(path).value for path in sorted(CONTRACTS_DIR.glob("*.yml"))}
PRIVACY = "direct_identifier, quasi_identifier, special_category, operational, public"
TYPES = "string, integer, number, boolean, date, timestamp"
DATES = "extract_date, extract_date_plus_one_year, extracted_at"
OF_COLUMN = "collect, codes, joinedBy, decode, default, placeholders, formerly, writtenAs, readAs"
ALLOWED = {
    "kind": "DataContract",
    "status": "proposed, draft, active, deprecated, retired",
    "team.members[].role": "business owner, technical owner",
    "slaProperties[].property": "frequency, latency, timeOfAvailability, required",
    "slaProperties[].unit": "d",
    "customProperties[].property": "kind, collect, authoritativeSource, updateRule, yearColumn, orderColumn, balance, "
    "tooManyRejects, ceiling, suddenChangeStops, ownModels, outranks",
    "customProperties[].value of kind": "snapshot, delta",
    "schema[].logicalType": "object",
    "schema[].physicalType": "table",
    "schema[].properties[].logicalType": TYPES,
    "schema[].properties[].physicalType": "text, integer, numeric, boolean, date, timestamptz",
    "schema[].properties[].classification": PRIVACY,
    "schema[].properties[].quality[].type": "custom",
    "schema[].properties[].quality[].engine": "warehouse",
    "schema[].properties[].quality[].severity": "error, warning",
    "schema[].properties[].quality[].implementation.check_digit": "scn, seed",
    "schema[].properties[].quality[].implementation.known": "establishment",
    "schema[].properties[].quality[].implementation.within": "academic_years",
    "schema[].properties[].quality[].implementation.not_after": DATES,
    "schema[].properties[].customProperties[].property": OF_COLUMN,
}
"""Values that are one of a list, by path without positions: what a message has to offer instead."""
NEEDED = {
    "apiVersion", "kind", "id", "name", "version", "status", "description", "description.purpose", "description.usage",
    "team", "team.members", "team.members[].username", "team.members[].role", "customProperties", "slaProperties",
    "slaProperties[].property", "slaProperties[].value", "customProperties[].property", "customProperties[].value",
    "schema", "schema[].name", "schema[].dataGranularityDescription", "schema[].properties",
    "schema[].properties[].name", "schema[].properties[].description", "schema[].properties[].logicalType",
    "schema[].properties[].classification", "schema[].properties[].enum[].value",
    "schema[].properties[].primaryKeyPosition",
    "schema[].properties[].quality[].type", "schema[].properties[].quality[].engine",
    "schema[].properties[].quality[].implementation", "schema[].properties[].customProperties[].property",
    "schema[].properties[].customProperties[].value", "schema[].properties[].customProperties[].value.seed",
    "schema[].properties[].customProperties[].value.column",
}  # fmt: skip
"""Keys that no contract, or no entry, may leave out wherever they stand in ours."""


def _places(value: Any, place: Place = ()) -> Iterator[Place]:
    """The place of every key and entry."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in entries:
        yield (*place, step)
        yield from _places(inner, (*place, step))


def _at(document: Any, place: Place) -> Any:
    for step in place:
        document = document[step]
    return document


def _path(document: Any, place: Place) -> str:
    """A path without positions, with the property that a value belongs to where that decides what is allowed."""
    path = re.sub(r"\[\d+\]", "[]", shown(place))
    name = _at(document, place[:-1]).get("property") if place[-1] == "value" else None
    return f"{path} of {name}" if name == "kind" else path


def _keys() -> Iterator[tuple[str, Place]]:
    for feed, document in DOCUMENTS.items():
        yield from ((feed, place) for place in _places(document) if isinstance(place[-1], str))


def _changed(feed: str, place: Place, change: Any) -> list[str]:
    document = deepcopy(DOCUMENTS[feed])
    change(_at(document, place[:-1]), place[-1])
    found = mistakes(Document(document), feed)
    for said in found:
        assert not re.search(r"pydantic|validation error|Traceback|NoneType|KeyError|standard asks for", said), said
    return found


def _rename(key: str) -> Any:
    return lambda holder, old: holder.update({key: holder.pop(old)})


@pytest.mark.parametrize("feed", DOCUMENTS)
def test_a_key_that_lacks_a_letter_is_named_with_the_one_that_is_meant(feed: str) -> None:
    for of, place in _keys():
        if of != feed:
            continue
        key = str(place[-1])
        for slip in {key[:-1], key[:1] + key[2:], key.swapcase() + "s"}:
            found = _changed(feed, place, _rename(slip))
            where = shown((*place[:-1], slip))
            told = [said for said in found if re.search(rf": {re.escape(where)}( |$)", said)]
            assert told, (where, found)
            assert any(re.search(rf"did you mean {re.escape(key)}\?|known are .*\b{key}\b", said) for said in told), (
                told
            )


@pytest.mark.parametrize("feed", DOCUMENTS)
def test_a_value_of_another_kind_is_named_with_what_it_has_to_be(feed: str) -> None:
    for of, place in _keys():
        if of == feed:
            found = _changed(feed, place, lambda holder, key: holder.update({key: {"oops": 1}}))
            assert any(shown(place) in said and re.search(r"has to be|known (here|are)", said) for said in found), (
                place, found,
            )  # fmt: skip


@pytest.mark.parametrize("feed", DOCUMENTS)
def test_a_value_that_is_none_of_a_list_is_named_with_the_list(feed: str) -> None:
    for of, place in _keys():
        path = _path(DOCUMENTS[of], place)
        if of != feed or path not in ALLOWED:
            continue
        value = str(_at(DOCUMENTS[of], place))
        wrong = value[:-1] if len(value) > 1 else "day"
        found = _changed(feed, place, lambda holder, key, wrong=wrong: holder.update({key: wrong}))
        told = [said for said in found if shown(place) in said and f"is {wrong!r}; known are {ALLOWED[path]}" in said]
        assert told, (path, found)
        if len(value) > 2:
            assert "did you mean" in told[0], told


@pytest.mark.parametrize("feed", DOCUMENTS)
def test_a_key_that_is_needed_is_named_where_it_is_left_out(feed: str) -> None:
    for of, place in _keys():
        if of == feed and re.sub(r"\[\d+\]", "[]", shown(place)) in NEEDED:
            found = _changed(feed, place, lambda holder, key: holder.pop(key))
            assert any(f"{shown(place)} " in said and "is missing" in said for said in found), (place, found)


COLUMN = r"schema\[0\].properties\[1\]"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("logicalType: date", "logicalType: int", rf"{COLUMN}.logicalType \(column opening_date\) is 'int'; known are "
         rf"{TYPES}; did you mean integer\?"),
        ("    properties:", "    propertys:", r"schema\[0\].propertys is no key .* did you mean properties\?"),
        ("logicalType: date", "logicalType: date\n        unique: true", rf"{COLUMN}.unique .* nothing here acts"),
        ("classification: operational", "classification: secret", rf"is 'secret'; known are {PRIVACY}"),
        ("classification: operational", "classification: Public", r"is 'Public'; .*did you mean public\?"),
        ("version: 1.1.0", "version: 1.1", r"version is 1\.1; it has to be a version of three numbers such as 1\.0\.0"),
        ("value: '07:00'", "value: 17:00", r"slaProperties\[2\].value is 1020; it has to be a time such as '07:00'"),
        ("value: '07:00'", "value: '7 am'", r"is '7 am'; it has to be a time"),
        ("property: frequency, value: 7", "property: frequency, value: 0", r"is 0; it has to be a whole number, 1 or"),
        ("frequency, value: 7, unit: d", "frequency, value: 7, unit: h", r"unit is 'h'; known are d"),
        ("physicalType: date", "physicalType: text", r"is 'text'; known for date are date"),
        ("primaryKeyPosition: 2", "primaryKeyPosition: 1", r"is 1; the columns of the key are numbered from 1 to 3"),
        ("primaryKeyPosition: 2", "primaryKeyPosition: 4", r"is 4; the columns of the key are numbered from 1 to 3"),
        ("value: opening_date}", "value: opening_dat}", r"is 'opening_dat', which is no column .*mean opening_date\?"),
        ("value: opening_date}", "value: reason}", r"is 'reason', which has to be required"),
        ("enum: [{value: AM}", "enum: [{value: no}", r"enum\[0\].value .* is False; it has to be text, in quotation"),
        ("{value: AM}, {value: PM}", "{value: AM}, {value: AM}", r"enum\[1\].value .* is 'AM' as in 0"),
        ("pattern: '[0-9]{7}'", "pattern: '[0-9'", r"pattern .* has to be a regular expression"),
        ("pattern: '[0-9]{7}'", "patern: '[0-9]{7}'", r"known are pattern, .* did you mean pattern\?"),
        ("{known: establishment}", "{knwon: establishment}", r"implementation.knwon .* did you mean known\?"),
        ("{known: establishment}", "{check_digit: seed}", r"check_digit .* only warns: say severity: warning"),
        ("share: 0.01", "share: 1%", r"is '1%'; it has to be a number from 0 to 1"),
        ("name: calendar\nversion", "name: calender\nversion", r"name is 'calender', and the file is calendar.yml"),
        ("domain: education", "domain: education\ndomain: schools", r"line 8: domain stands twice, in lines 7 and 8"),
        ("domain: education", "domain: [education", r"line \d+, column \d+: it is no YAML: "),
        ("domain: education", "domain:\teducation\n\t- x", r"line 8, column 1: it is no YAML: "),
        ("domain: education", "domain: 2025-13-45", r"line 7: domain is '2025-13-45'"),
        ("domain: education", "domain: &a [*a]", r"line 7: domain\[0\] refers to itself"),
        ("domain: education", "domain: !python/name:os.system x", r"line 7, column 9: it is no YAML: "),
        ("domain: education", "? [domain]\n: education", r"line 7: a key of the file is no word"),
        ("status: active", "tags: {a: b}\nstatus: active", r"tags is a mapping of keys; it has to be a list"),
        ("status: active", "support: 5\nstatus: active", r"support is not what the standard asks for"),
    ],
)  # fmt: skip
def test_a_slip_in_the_file(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "calendar.yml"
    text = (CONTRACTS_DIR / "calendar.yml").read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ContractError, match=says) as error:
        read_contract(path)
    assert str(error.value).startswith("calendar.yml ")
    assert re.search(r"line \d+", str(error.value))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty; it has to be a mapping with the keys apiVersion"),
        (b"- apiVersion: v3.2.0\n", "the file is a list; it has to be a mapping"),
        (b"\xff\xfe\x00", r"it is not UTF-8 \(byte 1\)"),
        (b"kind: Data\x00Contract\n", "it is no YAML: "),
    ],
)
def test_a_file_that_is_no_contract_at_all(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "calendar.yml"
    path.write_bytes(content)
    with pytest.raises(ContractError, match=says):
        read_contract(path)


@pytest.mark.parametrize(
    ("feed", "old", "new", "says"),
    [
        ("pupils", "seed: data_zones,", "seed: data_zone,", r"no seeds/data_zone.csv; did you mean data_zones\?"),
        ("pupils", "column: data_zone_code}", "column: datazone}", r"seeds/data_zones.csv; known are data_zone_code"),
        ("pupils", "value: scotxed_codes", "value: scotxed_code", r"no seeds/scotxed_code.csv; did you mean"),
        ("pupils", "value: placeholder_scns", "value: placeholders", r"did you mean placeholder_scns\?"),
        ("pupils", "school_age: date_of_birth}", "school_age: birth}", "no column of it; known are"),
        ("pupils", "{age_at_extract: [3, 20]}", "{age_at_extract: [20, 3]}", "the younger age comes first"),
        ("pupils", "{age_at_extract: [3, 20]}", "{age_at_extract: [3]}", "has 1; it has to have 2 entries"),
        ("pupils", "{maxLength: 100}", "{minimum: 100}", "minimum .* is for integer or number, and the"),
        ("enrolments", "default, value: on_roll", "default, value: onroll", r"is 'onroll'; .*did you mean on_roll\?"),
        ("establishments", "{minimum: 8, maximum: 10}", "{minimum: 11, maximum: 10}", "is 11, above the maximum 10"),
        ("establishments", "value: capacity}", "value: condition}", "is 'condition', which is a column of it now"),
        ("establishments", "{not_before: opened_on}", "{not_before: opend_on}", r"did you mean opened_on\?"),
        ("attendance", "{not_after: extract_date}", "{not_after: today}", "known are extract_date, "),
        ("qualifications", "{column: entry_status,", "{column: status,", "is 'status', which is no column of it"),
        ("cfe_levels", "{code: beyond_broad", "{code: beyond_brod", "did you mean beyond_broad_general_education"),
        ("cfe_levels", "instead: english", "instead: scots", r"is 'scots'; known are english, gaelic"),
        ("cfe_levels", "{in_year_of: academic_year}", "{in_year_of: year}", "is 'year', which is no column of it"),
        ("cfe_tracking", "{required_without: on_track}", "{required_without: predicted_level}", "the column itself"),
        ("leavers", "{in_leaver_year_of: academic_year}", "{in_leaver_yr_of: a}", r"mean in_leaver_year_of\?"),
        ("attendance", "logicalTypeOptions: {pattern: '[0-9]{9}'}", "tags: [a]", "needs the pattern of its digits"),
    ],
)  # fmt: skip
def test_what_a_contract_names_exists(tmp_path: Path, feed: str, old: str, new: str, says: str) -> None:
    path = tmp_path / f"{feed}.yml"
    text = (CONTRACTS_DIR / path.name).read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ContractError, match=says):
        read_contract(path)


def test_mistakes_of_all_files_are_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("calendar", "pupils"):
        text = (CONTRACTS_DIR / f"{name}.yml").read_text()
        (tmp_path / f"{name}.yml").write_text(text.replace("status: active", "staus: active"))
    (tmp_path / "visits.yaml").write_text("name: visits\n")
    monkeypatch.setattr("orchestration.contracts.loader.CONTRACTS_DIR", tmp_path)
    load_contracts.cache_clear()
    try:
        with pytest.raises(ContractError) as error:
            load_contracts()
    finally:
        load_contracts.cache_clear()
    for name in ("calendar.yml", "pupils.yml", "visits.yaml is not read: a contract is named <feed>.yml"):
        assert name in str(error.value)
    assert str(error.value).count("staus is no key that is known here") == 2
