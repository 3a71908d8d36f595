"""Persistent absence: the bands behind each row, and which rows are held until five pupils have changed (38)."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from orchestration.release.thresholds import SMALL

IntArray = npt.NDArray[np.int64]
BANDS = (
    "pupils_absent_under_5",
    "pupils_absent_5_to_10",
    "pupils_absent_10_to_20",
    "pupils_absent_20_and_over",
)
BAND_NAMES = ("under_5", "5_to_10", "10_to_20", "20_and_over")
CODE_BITS = 4


def band_code(band: str, is_severe: bool) -> int:
    """Band (1 to 4, or its name) and severe absence in four bits."""
    if band.isdigit():
        number = int(band)
    else:
        number = next((i + 1 for i, name in enumerate(BAND_NAMES) if band.endswith(name)), 0)
    return number * 2 + int(is_severe)


@dataclass(frozen=True)
class BandPupils:
    """Each pupil that persistent absence counts: pseudonym as a number, place, band and severe as a code."""

    pupil: IntArray
    unit: Sequence[tuple[str, str]]
    stage: Sequence[str]
    quintile: Sequence[str]
    code: IntArray

    def states(self) -> IntArray:
        """Pupil and code in one number: equal numbers mean that nothing has changed for the pupil."""
        return np.asarray((self.pupil & ~np.int64((1 << CODE_BITS) - 1)) | self.code, dtype=np.int64)


def pack(states: IntArray) -> bytes:
    """States for the database, sorted."""
    return zlib.compress(np.sort(states).astype("<i8").tobytes(), 1)


def unpack(packed: bytes) -> IntArray:
    """The reverse of ``pack``."""
    return np.frombuffer(zlib.decompress(packed), dtype="<i8").astype(np.int64)


def changed_pupils(before: IntArray, now: IntArray) -> int:
    """Pupils who have changed band, come or gone."""
    return len(np.unique(np.setxor1d(before, now, assume_unique=False) >> CODE_BITS))


def counts(states: IntArray) -> dict[str, int]:
    """The measures of a row from the states behind it."""
    codes = states & ((1 << CODE_BITS) - 1)
    bands = [int(((codes >> 1) == number).sum()) for number in (1, 2, 3, 4)]
    return {
        "pupils": len(states),
        **dict(zip(BANDS, bands, strict=True)),
        "persistently_absent": bands[2] + bands[3],
        "severely_absent": int((codes & 1).sum()),
    }


def group_states(pupils: BandPupils) -> dict[str, IntArray]:
    """States behind each row, by the row's name: ``seed|sector``, ``sector|value``, ``stage|value`` and so on."""
    states = pupils.states()
    names: dict[str, list[int]] = {}
    for position, unit in enumerate(pupils.unit):
        for name in (
            f"{unit[0]}|{unit[1]}",
            f"sector={unit[1]}",
            "sector=all",
            f"stage={pupils.stage[position]}",
            f"quintile={pupils.quintile[position]}",
        ):
            names.setdefault(name, []).append(position)
    return {name: states[positions] for name, positions in names.items()}


def _is_change(count: int) -> bool:
    return 0 < count < SMALL


def held_schools(changes: Mapping[str, int | None]) -> set[str]:
    """Schools that stay as they are: fewer than five pupils changed since the row was last released."""
    return {name for name, count in changes.items() if count is not None and count < SMALL}


def held_authority(
    changes: Mapping[str, int | None],
    school_changes: Mapping[str, int | None],
    held_back: set[str],
) -> set[str]:
    """Authority rows that stay: too few changed, or the rows held back would give their changes away.

    In: changed pupils by row (None: never released), the same by school, and the schools held back or hidden.
    A row of a breakdown is held as well where the held rows beside it have one to four changes between them.
    """
    held = {name for name, count in changes.items() if count is not None and count < SMALL}
    for name in changes:
        if not name.startswith("sector="):
            continue
        sector = name.removeprefix("sector=")
        beside = sum(
            school_changes.get(school) or 0
            for school in held_back
            if sector in ("all", school.split("|")[1])
        )  # fmt: skip
        if _is_change(beside):
            held.add(name)
    for breakdown in ("sector=", "stage=", "quintile="):
        rows = [name for name in changes if name.startswith(breakdown) and name != "sector=all"]
        waiting = sorted((changes[name] or 0, name) for name in rows if name not in held)
        while _is_change(sum(changes[name] or 0 for name in rows if name in held)) and waiting:
            held.add(waiting.pop(0)[1])
        if _is_change(sum(changes[name] or 0 for name in rows if name in held)):
            held.update(name for name in ("sector=all",) if changes.get(name) is not None)
    return {name for name in held if changes[name] is not None}
