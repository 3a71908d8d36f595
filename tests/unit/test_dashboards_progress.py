"""Progress, groups of pupils, and who is on track, on literal rows worked out by hand."""

from types import SimpleNamespace
from typing import Any

from dashboards.subjects.attainment.figures.progress import none_here, progress_chart
from dashboards.subjects.attainment.figures.pupil_groups import charts_by_attendance, looked_after, rows_of
from dashboards.subjects.core.figures.attained import ORGANISERS
from dashboards.subjects.core.figures.on_track import on_track_of, sentence_of, table_of


def row(**values: Any) -> Any:
    class Known(dict):  # type: ignore[type-arg]
        def __missing__(self, key: str) -> None:
            return None

    return SimpleNamespace(**values, _mapping=Known(values))


def progress(**changed: int | str | None) -> Any:
    """Of 480 followed 400 were at first level in P4, and 340 of these, 85%, reached second in P7; each organiser."""
    figures: dict[str, Any] = {}
    for name in ORGANISERS:
        figures |= {
            f"{name}_p4_cohort": 520, f"{name}_p4_achieved": 430, f"{name}_followed": 480,
            f"{name}_at_first_level": 400, f"{name}_reached_second_level": 340, f"{name}_progress_share": 0.85,
            f"{name}_p7_cohort": 510, f"{name}_p7_achieved": 372,
        }  # fmt: skip
    return row(academic_year="2024/25", academic_year_of_p4="2021/22", **{**figures, **changed})


def test_progress_is_said_of_those_at_first_level() -> None:
    chart = progress_chart(progress())
    assert chart is not None
    assert chart.sentence == (
        "Of the pupils who were at first level or better in P4 in 2021/22, second level in P7 in 2024/25 was reached "
        "by 85.0% of 400 in literacy and 85.0% of 400 in numeracy."
    )
    assert [str(cell) for cell in chart.table.rows[0]] == [
        "Reading", "85.0%", "400", "480", "82.7% of 520", "72.9% of 510",
    ]  # fmt: skip


def test_an_organiser_that_is_hidden_is_left_out_of_the_sentence() -> None:
    hidden = {"numeracy_reached_second_level": None, "numeracy_reached_second_level_symbol": "[c]",
              "numeracy_progress_share": None}  # fmt: skip
    chart = progress_chart(progress(**hidden))
    assert chart is not None
    assert "numeracy" not in chart.sentence
    assert progress_chart(None) is None
    assert "2019/20" in none_here("2022/23")


def group(sector: str, breakdown: str, name: str, achieved: int | None, cohort: int) -> Any:
    figures: dict[str, Any] = {"cohort": cohort}
    for measure in ("literacy", "numeracy"):
        figures |= {
            f"achieved_in_{measure}": achieved,
            f"share_in_{measure}": None if achieved is None else achieved / cohort,
            f"achieved_in_{measure}_symbol": "[c]" if achieved is None else None,
        }  # fmt: skip
    return row(sector=sector, breakdown=breakdown, pupil_group=name, **figures)


def test_the_highest_and_the_lowest_band_of_attendance_are_said() -> None:
    bands = {"over_95": (480, 600), "over_90_to_95": (300, 400), "over_80_to_90": (120, 200), "80_or_less": (20, 40)}
    rows = [group("primary", "attendance", name, *figures) for name, figures in bands.items()]
    literacy, numeracy = charts_by_attendance(rows_of(rows), "2024/25")
    assert literacy.sentence == (
        "In P1, P4 and P7 literacy was achieved by 80.0% of 600 pupils who attended over 95% and 20 of 40 pupils who "
        "attended 80% or less."
    )
    assert numeracy.table.rows[3][:3] == ("P1, P4 and P7: 80% or less", "20 of 40", numeracy.table.rows[3][2])


def test_looked_after_children_are_shown_where_enough_are() -> None:
    figures = (
        ("primary", "looked_after", 14, 35), ("primary", "others", 1100, 1500),
        ("secondary", "looked_after", None, 12), ("secondary", "others", 90, 100),
    )  # fmt: skip
    rows = [group(sector, "looked_after", name, achieved, cohort) for sector, name, achieved, cohort in figures]
    chart = looked_after(rows_of(rows), "2024/25")
    assert chart is not None
    assert chart.sentence == (
        "14 of 35 looked after children and 73.3% of other pupils achieved literacy, P1, P4 and P7 and 14 of 35 looked "
        "after children and 73.3% of other pupils achieved numeracy, P1, P4 and P7."
    )
    assert looked_after(rows_of(rows[2:]), "2024/25") is None


def test_who_is_on_track_is_said_by_sector() -> None:
    """3,000 of 4,000 are 75%; of S1 to S3 nothing was said."""
    none = {f"{name}_on_track{part}": 0 for name in ("reading", "numeracy") for part in ("", "_cohort")}
    known = {
        f"{name}_{part}": value for name in ("reading", "numeracy")
        for part, value in (("on_track_cohort", 4000), ("on_track", 3000), ("on_track_share", 0.75))
    }  # fmt: skip
    sectors = {"secondary": none, "primary": known}
    every = on_track_of([row(sector=name, academic_year="2025/26", **one) for name, one in sectors.items()])
    assert sentence_of(every) == (
        "On track or ahead in 2025/26: 75.0% of 4,000 pupils of P1 to P7 in reading and 75.0% of 4,000 pupils of P1 to "
        "P7 in numeracy."
    )
    assert len(table_of(every).rows) == 2
    assert on_track_of([]) == ()
    assert sentence_of(()) == ""
