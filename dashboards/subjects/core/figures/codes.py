"""Codes of the released tables in the words of a reader: stages, sexes, areas, weekdays, reasons."""

from dashboards.kit.labels import labels, pairs

STAGES = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "S1", "S2", "S3", "S4", "S5", "S6", "SP", "unknown")
STAGE_NAMES = labels("stages")
SHORT_NAMES = labels("stages_short")  # beside dots, where room is short
SECTOR_STAGES = {"primary": "P", "secondary": "S"}
SEXES = labels("sexes")
QUINTILES = labels("quintiles")
DEPRIVATION_GROUPS = labels("deprivation_groups")
WEEKDAYS = pairs("weekdays")
HALF_DAYS = labels("half_days")
REASONS = pairs("reasons")
REASON_SHORT = labels("reasons_short")
SIMD_NOTE = (
    "SIMD describes the area that a pupil lives in, not the pupil: many people in deprived areas are not deprived, "
    "and many deprived people live elsewhere."
)


def school_name(name: str | None, seed_code: str) -> str:
    """The name of a school; its SEED code where it is in no list any more."""
    return name or f"School {seed_code} (closed)"


def stage_name(stage: str) -> str:
    """A stage as a reader knows it: ``P1`` as it is, ``SP`` and ``unknown`` in words."""
    return STAGE_NAMES.get(stage, stage)


def reason_name(reason: str) -> tuple[str, str]:
    """A reason and what kind of absence it is."""
    return REASONS.get(reason, (reason.replace("_", " ").capitalize(), "Other"))


def placed(value: str, order: tuple[str, ...]) -> tuple[int, str]:
    """Where a value stands in an order; what is not in it comes last."""
    return (order.index(value) if value in order else len(order), value)
