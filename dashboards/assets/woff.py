"""Fonts out of their packing: WOFF 1.0 has the tables of a TrueType file, each compressed (W3C, WOFF 1.0)."""

import struct
import zlib

HEADER, ENTRY = struct.Struct(">4sIIH"), struct.Struct(">4sIIII")
LISTS_FROM = 44  # bytes of the header of a WOFF


def unpacked(woff: bytes) -> bytes:
    """The TrueType file in a WOFF. Raises ValueError where it is none, zlib.error where it is damaged."""
    signature, flavour, _, number = HEADER.unpack_from(woff)
    if signature != b"wOFF":
        raise ValueError("not a WOFF 1.0 file")
    steps = number.bit_length() - 1
    span = 16 << steps
    made = struct.pack(">IHHHH", flavour, number, span, steps, number * 16 - span)
    body, at = b"", len(made) + 16 * number
    for index in range(number):
        tag, offset, packed, length, checksum = ENTRY.unpack_from(woff, LISTS_FROM + index * ENTRY.size)
        table = woff[offset : offset + packed]
        table = table if packed == length else zlib.decompress(table)
        made += struct.pack(">4sIII", tag, checksum, at + len(body), length)
        body += table + bytes(-length % 4)
    return made + body
