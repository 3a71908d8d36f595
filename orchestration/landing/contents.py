"""Hash of what a file says, by establishment: made from the rows as they leave the validator, and again from ``raw``.

Marks are many, so theirs is made of integers (``MarkContents``). Rows of other feeds are hashed as text, by the same
md5 in both engines. Both are keyed by a number that the loader and the transformer alone can read: the hash of a single
row tells nothing.
"""

from collections.abc import Mapping

from psycopg import Connection

from orchestration.contracts import Contract
from orchestration.contracts.contents import row_in_duckdb
from orchestration.landing.checksum import MarkContents
from orchestration.landing.validate import Validated
from orchestration.seals import raw_contents


def mark_contents(connection: Connection) -> MarkContents:
    """An empty sum for the marks of one file."""
    row = connection.execute(
        "select content_salt.salt, hashtext('AM'), hashtext('PM') from raw.content_salt"
    ).fetchone()
    assert row is not None
    return MarkContents(int(row[0]), {"AM": int(row[1]), "PM": int(row[2])})


def by_establishment(connection: Connection, marks: MarkContents) -> dict[int, int]:
    """The sums of marks, multiplied by the hashes of their codes."""
    codes = sorted({code for _, code in marks.by_code})
    rows = connection.execute(
        "select code, control.code_hash(code, %s) from unnest(%s::text[]) as codes (code)", (marks.salt, codes)
    ).fetchall()
    hashes = {str(code): int(value) for code, value in rows}
    found: dict[int, int] = {}
    for (seed_code, code), products in marks.by_code.items():
        found[seed_code] = found.get(seed_code, 0) + products * hashes[code]
    return found


def text_contents(connection: Connection, validated: Validated) -> dict[int, int]:
    """Content by SEED code of the accepted rows of a feed that is hashed as text, as they leave the validator."""
    contract = validated.contract
    row = connection.execute("select content_salt.salt from raw.content_salt").fetchone()
    assert row is not None
    seed = "coalesce(seed_code, 0)" if contract.has_establishment else "0"
    rows = validated.staging.run(
        f"select {seed}, sum({row_in_duckdb(contract, int(row[0]))})::hugeint from rows where problems = 0 group by 1"
    )
    return {int(code): int(content) for code, content in rows}


def take_over(connection: Connection, contracts: Mapping[str, Contract]) -> int:
    """Give files that landed before there were contents those of their rows as they stand in ``raw`` now.

    ``connection`` is the loader's. Out: how many files. From here on a change of their values shows.
    """
    rows = connection.execute(
        "select distinct files.feed, files.file_id from control.file_establishments "
        "inner join control.files on file_establishments.file_id = files.file_id "
        "where file_establishments.content is null and files.status = 'landed' order by 1, 2"
    ).fetchall()
    for feed in dict.fromkeys(str(feed) for feed, _ in rows):
        files = [int(file_id) for name, file_id in rows if name == feed]
        with connection.transaction(), connection.cursor() as cursor:
            found = raw_contents(connection, contracts[feed], files)
            cursor.execute("update control.file_establishments set content = 0 where file_id = any(%s)", (files,))
            cursor.executemany(
                "update control.file_establishments set content = %s where file_id = %s and seed_code = %s",
                [(content, *place) for place, (_, content) in found.items()],
            )
    return len(rows)
