"""Codes of the released tables in the words of a reader: stages, sexes, areas, weekdays, reasons."""

STAGES = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "S1", "S2", "S3", "S4", "S5", "S6", "SP", "unknown")
STAGE_NAMES = {"SP": "Special school pupils", "unknown": "Stage not recorded"}
SHORT_NAMES = {"Special school pupils": "Special", "Stage not recorded": "No stage"}  # beside dots, where room is short
SECTOR_STAGES = {"primary": "P", "secondary": "S"}
SEXES = {"F": "Girls", "M": "Boys", "unknown": "Not recorded"}
QUINTILES = {
    "1": "Most deprived fifth",
    "2": "Second fifth",
    "3": "Middle fifth",
    "4": "Fourth fifth",
    "5": "Least deprived fifth",
    "unknown": "Area not known",
}
DEPRIVATION_GROUPS = {
    "most_deprived_fifth": "Most deprived fifth",
    "second_fifth": "Second fifth",
    "rest": "All other areas",
}
WEEKDAYS = {
    1: ("Monday", "Mon"), 2: ("Tuesday", "Tue"), 3: ("Wednesday", "Wed"), 4: ("Thursday", "Thu"),
    5: ("Friday", "Fri"), 6: ("Saturday", "Sat"), 7: ("Sunday", "Sun"),
}  # fmt: skip
HALF_DAYS = {"AM": "Morning", "PM": "Afternoon"}
REASONS = {
    "sickness_without_provision": ("Sickness without educational provision", "Authorised"),
    "other_authorised": ("Other authorised", "Authorised"),
    "exceptional_domestic_authorised": ("Exceptional domestic circumstances", "Authorised"),
    "authorised_holiday": ("Authorised holiday", "Authorised"),
    "very_late": ("Very late", "Authorised"),
    "unauthorised_holiday": ("Unauthorised holiday", "Unauthorised"),
    "other_unauthorised": ("Other unauthorised", "Unauthorised"),
    "exceptional_domestic_unauthorised": ("Exceptional domestic, unauthorised", "Unauthorised"),
    "unexplained": ("Unexplained", "Unauthorised"),
    "temporary_exclusion": ("Temporary exclusion", "Exclusion"),
    "unknown_reason": ("Code not mapped", "Unknown reason"),
}
REASON_SHORT = {
    "sickness_without_provision": "Sickness",
    "exceptional_domestic_authorised": "Domestic, authorised",
    "exceptional_domestic_unauthorised": "Domestic, unauthorised",
}
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
