"""Database errors are shown and kept without what they quote of a row."""

import io

import pytest

from orchestration.transform import _Cleaned, without_row_values


@pytest.mark.parametrize(
    "message",
    [
        'null value in column "x"\nDETAIL:  Failing row contains (123456789, Ailsa,\n2015-01-01).',
        'duplicate key value violates "pk"\nDETAIL:  Key (scn)=(123456789) already exists.',
        'bad row\nCONTEXT:  COPY pupils, line 3: "123456789,Ailsa"',
        'invalid input syntax for type integer: "Ailsa"',
        'invalid input syntax for type integer: "Ailsa"\nLINE 1: select 2',
        'date/time field value out of range: "2015-01-01"',
        'value "123456789" is out of range for type smallint',
    ],
)
def test_no_value_of_a_row_is_left(message: str) -> None:
    cleaned = without_row_values(message)
    assert cleaned
    assert not any(value in cleaned for value in ("123456789", "Ailsa", "2015-01-01"))


def test_what_helps_to_find_the_fault_stays() -> None:
    message = 'relation "canonical.pupils" does not exist\nLINE 1: select 1'
    assert without_row_values(message) == message


@pytest.mark.parametrize("line", [
    "  DETAIL:  Failing row contains (173000006, Ailsa).\n",
    '{"info": {"msg": "Database Error\\n  null value\\n  DETAIL:  Failing row contains (173000006, Ailsa)."}}\n',
])  # fmt: skip
def test_what_dbt_by_hand_prints_has_no_rows_in_text_or_json(line: str) -> None:
    shown = io.StringIO()
    out = _Cleaned(shown)
    out.write("Running\n" + line[:7])
    out.write(line[7:])
    out.write("Done.")
    out.finish()
    assert "Ailsa" not in shown.getvalue()
    assert shown.getvalue().endswith("Done.\n")
