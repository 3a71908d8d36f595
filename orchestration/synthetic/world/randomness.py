"""Random numbers that depend on the seed and on what they are for, never on the order of the calls."""

import zlib

import numpy as np
from numpy.typing import NDArray


def generator(seed: int, *purpose: str | int) -> np.random.Generator:
    """A generator for one purpose, such as ``generator(7, "S12000005", 2025, "marks")``."""
    words = [zlib.crc32(str(part).encode()) for part in purpose]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def steady_hash(*parts: str | int) -> int:
    """A number that is the same in every run and on every machine, for choices that no seed changes."""
    return zlib.crc32("|".join(str(part) for part in parts).encode())


def uniform_of(numbers: NDArray[np.int64], seed: int, *purpose: str | int) -> NDArray[np.float64]:
    """A number from 0 to 1 for each person, the same whenever it is asked for (splitmix64 of the number)."""
    salt = np.uint64(zlib.crc32("|".join(str(part) for part in (seed, *purpose)).encode()))
    mixed = (numbers.astype(np.uint64) + (salt << np.uint64(24))) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) / 2**53)
