"""Database errors are shown and kept without what they quote of a row."""

import pytest

from orchestration.transform import without_row_values


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
