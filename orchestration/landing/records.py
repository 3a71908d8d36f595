"""Splits a file into records with numpy: finds broken structure and writes records that a CSV reader cannot misread.

A record whose number of fields is wrong, or that is longer than any record should be, leaves a record of empty fields
in its place, so that record numbers stay. Rules: RFC 4180; a line without any character is no record.
"""

import codecs
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from orchestration.landing.outcomes import FileQuarantinedError
from orchestration.landing.structure import NO_BOUNDS, Bounds, Positions, Structure
from orchestration.landing.unpack import Delivered, text_blocks

COMMA, LF, CR, QUOTE = 44, 10, 13, 34
BYTE_ORDER_MARK = codecs.BOM_UTF8
START_BYTES = 4096
MAX_RECORD_BYTES = 1024 * 1024  # a record of every known feed is under 2 kB
MAX_OPEN_BYTES = 16 * 1024 * 1024  # without the end of a record: a quotation mark is open


def split_records(
    delivered: Delivered,
    judge_header: Callable[[bytes], int],
    target: BinaryIO | None,
    bounds: Bounds = NO_BOUNDS,
) -> Structure:
    """Read a delivered file to its end, writing its records (header left out, LF, no blank lines) to ``target``.

    In: ``judge_header`` gets the header's bytes and returns its number of fields, or raises. Raises
    FileQuarantinedError: ``not_readable``, ``wrong_encoding``, ``no_header``, and ``too_large`` as soon as it is past
    ``bounds``. Never holds more than about ``MAX_OPEN_BYTES`` of the file.
    """
    found = Structure()
    open_record = b""
    size = 0
    with closing(_decoded(delivered, found)) as blocks:
        for block in blocks:
            size += len(block)
            if bounds.bytes is not None and size > bounds.bytes:
                raise FileQuarantinedError(
                    "too_large",
                    f"it holds more than {bounds.bytes // 1024**2:,} MiB, far more than the rows that are announced "
                    "can have; the rest was not read. Look what the export wrote, and deliver it under a new sequence.",
                )
            content = open_record + block
            if not found.width:
                content, found.header = _take_header(content, final=False)
                if not found.header:
                    open_record = content
                    _refuse_endless(open_record, MAX_RECORD_BYTES, "its first line has no end")
                    continue
                found.width = _judge(found, judge_header)
            taken = _split(content, found, target) if b"\n" in block else 0
            open_record = content[taken:]
            _refuse_more_rows(found, bounds)
            _refuse_endless(open_record, MAX_OPEN_BYTES, f"record {found.records + 1} has no end")
    if not found.width:
        open_record, found.header = _take_header(open_record, final=True)
        if not found.header:
            raise FileQuarantinedError(
                "no_header", "it is empty. A feed without rows is a header line and nothing else."
            )
        found.width = _judge(found, judge_header)
    if open_record.strip(b"\r"):
        content = open_record + b"\n"
        if _split(content, found, target) < len(content):
            raise _unbalanced(found.records + 1)
    _refuse_more_rows(found, bounds)
    return found


def _refuse_more_rows(found: Structure, bounds: Bounds) -> None:
    rows = found.records - found.hollow
    if bounds.rows is not None and rows > bounds.rows:
        raise FileQuarantinedError(
            "too_large",
            f"it has {rows:,} rows and more, and {bounds.rows:,} are as many as can be: twice what the manifest "
            "announces, or what the contract allows; the rest was not read. Export file and manifest together, under "
            "a new sequence.",
        )


def _decoded(delivered: Delivered, found: Structure) -> Generator[bytes, None, None]:
    """The file's blocks, checked to be UTF-8 without NUL, the byte-order mark taken off."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    first = True
    with closing(text_blocks(delivered)) as blocks:
        for block in _with_whole_start(blocks):
            if first:
                _refuse_utf16(block)
            if b"\0" in block:
                record = found.records + block[: block.index(0)].count(b"\n")
                raise FileQuarantinedError(
                    "not_readable", f"it holds a NUL byte, near record {record}. Export it again without."
                )
            if not block.isascii() or decoder.getstate()[0]:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    record = found.records + block[: max(error.start, 0)].count(b"\n")
                    raise _wrong_encoding(f"near record {record}") from None
            if first and block.startswith(BYTE_ORDER_MARK):
                found.has_byte_order_mark = True
                block = block[len(BYTE_ORDER_MARK) :]
            first = False
            if block:
                yield block
    if decoder.getstate()[0]:
        raise _wrong_encoding("at its end")


def _with_whole_start(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same blocks, the first ones joined: what the file is in shows at its start, however it is compressed."""
    start = b""
    for block in blocks:
        if len(start) < START_BYTES:
            start += block
            if len(start) >= START_BYTES:
                yield start
        else:
            yield block
    if 0 < len(start) < START_BYTES:
        yield start


def _take_header(content: bytes, final: bool) -> tuple[bytes, bytes]:
    """The content after the header line, and the header line; the latter is empty while its end is not in sight."""
    start = 0
    while True:
        end = content.find(b"\n", start)
        if end < 0:
            rest = content[start:]
            return (b"", rest) if final and rest.strip(b"\r") else (rest, b"")
        line = content[start:end]
        start = end + 1
        if line.strip(b"\r"):
            return content[start:], line + (b"" if final else b"\n")


def _judge(found: Structure, judge_header: Callable[[bytes], int]) -> int:
    line = found.header.removesuffix(b"\n")
    if line.endswith(b"\r"):
        found.has_crlf = True
        line = line[:-1]
    if b"\r" in line:
        raise FileQuarantinedError(
            "not_readable", "its lines end in a carriage return alone. Export it with LF or CRLF."
        )
    found.header = line
    return judge_header(line)


def _split(content: bytes, found: Structure, target: BinaryIO | None) -> int:
    """Take the whole records off the start of ``content``; returns how many bytes that were."""
    text = np.frombuffer(content, np.uint8)
    separators = (text == COMMA) | (text == LF)
    inside = None
    if b'"' in content:
        quotes = text == QUOTE
        # the parity of a running count survives its overflow at 256
        inside = (np.cumsum(quotes, dtype=np.uint8) & 1).astype(bool)
        separators &= ~inside
    at = np.flatnonzero(separators)
    is_end = text[at] == LF
    ends = at[is_end]
    if not ends.size:
        return 0
    taken = int(ends[-1]) + 1
    text = text[:taken]
    lengths = np.diff(ends, prepend=-1)
    fields = np.diff(np.flatnonzero(is_end), prepend=-1)
    before_end = text[np.maximum(ends - 1, 0)] == CR
    blank = (lengths == 1) | ((lengths == 2) & before_end)
    numbers = found.records + np.cumsum(~blank)
    if inside is not None:
        _refuse_stray_quotes(text, inside[:taken], ends, numbers)
    crs = np.flatnonzero(text == CR) if b"\r" in content else np.empty(0, np.int64)
    if crs.size:
        _refuse_lone_returns(text, crs, inside, ends, numbers)
        found.has_crlf = found.has_crlf or bool(before_end.any())
    hollow = (lengths - before_end == fields) & ~blank
    found.hollow += int(np.count_nonzero(hollow))
    wrong = (fields != found.width) & ~blank
    long = (lengths > MAX_RECORD_BYTES) & ~blank & ~wrong
    misfit = wrong & ~hollow
    if misfit.any():
        found.misfits.append((numbers[misfit], fields[misfit]))
    for index in np.flatnonzero(long):
        inner = at[(at > ends[index] - lengths[index]) & (at <= ends[index])]
        starts = np.concatenate(([ends[index] - lengths[index]], inner[:-1]))
        found.oversized.append((int(numbers[index]), int(np.argmax(inner - starts))))
    found.records = int(numbers[-1])
    if target is not None:
        if crs.size or wrong.any() or long.any() or blank.any():
            target.write(_cleaned(text, ends, lengths, blank, wrong | long, before_end, found.width))
        else:
            target.write(content[:taken])
    return taken


def _cleaned(
    text: NDArray[np.uint8],
    ends: Positions,
    lengths: Positions,
    blank: NDArray[np.bool_],
    emptied: NDArray[np.bool_],
    before_end: NDArray[np.bool_],
    width: int,
) -> bytes:
    """The records with LF line ends, without blank lines, and with only empty fields where they are ``emptied``."""
    keep = np.ones(text.size, bool)
    keep[ends[before_end] - 1] = False
    keep[ends[blank]] = False
    starts = ends - lengths + 1
    border = np.zeros(text.size + 1, np.int8)
    border[starts[emptied]] += 1
    border[ends[emptied]] -= 1
    keep &= np.cumsum(border[:-1], dtype=np.int8) == 0
    kept = text[keep]
    if emptied.any():
        positions = np.cumsum(keep)[ends[emptied]] - 1
        kept = np.insert(kept, np.repeat(positions, width - 1), COMMA)
    return kept.tobytes()


def _refuse_stray_quotes(
    text: NDArray[np.uint8], inside: NDArray[np.bool_], ends: Positions, numbers: Positions
) -> None:
    """A quotation mark opens a field after a separator and closes it before one; others are doubled inside."""
    at = np.flatnonzero(text == QUOTE)
    opening = inside[at]
    before = text[np.maximum(at - 1, 0)]
    after = text[np.minimum(at + 1, text.size - 1)]
    opens_well = (at == 0) | np.isin(before, (COMMA, LF, QUOTE))
    closes_well = np.isin(after, (COMMA, LF, CR, QUOTE))
    stray = at[~np.where(opening, opens_well, closes_well)]
    if stray.size:
        raise _unbalanced(int(numbers[np.searchsorted(ends, stray[0])]))


def _refuse_lone_returns(
    text: NDArray[np.uint8],
    crs: Positions,
    inside: NDArray[np.bool_] | None,
    ends: Positions,
    numbers: Positions,
) -> None:
    lone = crs[text[np.minimum(crs + 1, text.size - 1)] != LF]
    if inside is not None:
        lone = lone[~inside[lone]]
    if lone.size:
        number = int(numbers[np.searchsorted(ends, lone[0])])
        raise FileQuarantinedError(
            "not_readable",
            f"record {number} holds a carriage return outside quotation marks. Export it with LF or CRLF line ends.",
        )


def _refuse_utf16(block: bytes) -> None:
    if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or block[:START_BYTES].count(0) * 5 > len(
        block[:START_BYTES]
    ):
        raise _wrong_encoding("(it looks like UTF-16)")


def _refuse_endless(content: bytes, limit: int, what: str) -> None:
    if len(content) > limit:
        raise FileQuarantinedError(
            "not_readable" if limit == MAX_OPEN_BYTES else "no_header",
            f"{what} within {limit // 1024 // 1024} MiB. Look for a quotation mark that is not closed and "
            "export it again.",
        )


def _wrong_encoding(where: str) -> FileQuarantinedError:
    return FileQuarantinedError("wrong_encoding", f"it is not UTF-8 {where}. Export it as UTF-8.")


def _unbalanced(record: int) -> FileQuarantinedError:
    return FileQuarantinedError(
        "not_readable",
        f"a quotation mark of record {record} is not closed, or stands inside a field without being doubled. "
        "Export it with RFC 4180 quoting.",
    )
