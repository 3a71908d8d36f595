"""Leavers of a small council with three years of results: how far each comes, and where each goes, is decided here."""

from collections.abc import Sequence

from tests.support.attainment_extracts import changed, of_feed
from tests.support.extracts import Extract

YEARS = {"2022/23": "S4", "2023/24": "S5", "2024/25": "S6"}
SUBJECTS = ("English", "Mathematics", "Physics", "History", "Music")
NOT_AT_5, NOT_AT_4, SEEKING = 8, 2, 3
"""Of the leavers so many have no award at level 5, of these two none at 4; and so many more have not found work."""


def senior_files(scns: Sequence[str], seed_code: str) -> list[Extract]:
    """Results of three years and first destinations of leavers of 2024/25, all of one school.

    The first eight have no award at level 5 and the first two none at 4. All others have five National 5, and from
    the twenty-first on a Higher. Three seek work, all others study.
    """
    results = [
        changed("qualifications", scn=scn, seed_code=seed_code, academic_year="2024/25", stage="S6", grade="no_award",
                course_code="X901", subject="Drama", recorded_at="2025-08-06T09:00:00+01:00")
        for scn in scns
    ]  # fmt: skip
    for number, scn in enumerate(scns):
        mine = {"scn": scn, "seed_code": seed_code, "result_stage": "post_review"}
        in_s4 = {**mine, "academic_year": "2022/23", "stage": "S4", "recorded_at": "2023-08-10T09:00:00+01:00"}
        if number >= NOT_AT_5:
            results += [
                changed("qualifications", **in_s4, course_code=f"C{at}47", subject=subject)
                for at, subject in enumerate(SUBJECTS)
            ]
        elif number >= NOT_AT_4:
            results.append(
                changed("qualifications", **in_s4, course_code="J447", subject="English", award_type="national_4",
                        scqf_level="4", grade="pass", result_band="", scqf_credit_points="")
            )  # fmt: skip
        if number >= 20:
            results.append(
                changed("qualifications", **mine, academic_year="2023/24", stage="S5", course_code="C976",
                        subject="English", award_type="higher", scqf_level="6",
                        recorded_at="2024-08-10T09:00:00+01:00")
            )  # fmt: skip
    leavers = [
        changed("leavers", scn=scn, seed_code=seed_code,
                initial_destination="unemployed_seeking" if number < SEEKING else "higher_education",
                initial_as_at="2025-09-26", recorded_at="2025-09-27T09:00:00+01:00")
        for number, scn in enumerate(scns)
    ]  # fmt: skip
    return [of_feed("qualifications", *results), of_feed("leavers", *leavers)]
