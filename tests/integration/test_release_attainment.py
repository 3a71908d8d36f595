"""Attainment and the senior phase of a small council go through the main job to readers: shown and hidden by the rules.

The council sends no levels first, then these, then its leavers and their results; each time the others are released.
"""

from itertools import product

import pytest

from orchestration.database import connect
from orchestration.release import release_all
from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.attainment_extracts import changed, of_feed
from tests.support.extracts import deliver
from tests.support.main_job import rows, run_plainly, warehouse
from tests.support.senior_extracts import NOT_AT_4, NOT_AT_5, SEEKING, senior_files
from tests.support.small_council import PRIMARY, SECONDARY, children, deliver_nights

ENGLISH = ("reading", "writing", "listening_and_talking", "numeracy")
EXPECTED = {"P1": "early", "P4": "first", "S3": "third"}
P1, P4 = 24, 32
FAILED = {"P1": 2, "P4": 8, "S3": 8}
"""Of each stage how many have not reached the level in reading; in numeracy none was judged of more than 18 in P4."""


def _levels() -> list[dict[str, str]]:
    found = []
    primary = [child for child in children() if child.school == PRIMARY]
    secondary = [child for child in children() if child.school == SECONDARY]
    stages = {"P1": primary[:P1], "P4": primary[P1:], "S3": secondary}
    for (stage, pupils), organiser in product(stages.items(), ENGLISH):
        for number, child in enumerate(pupils):
            if organiser == "numeracy" and stage == "P4" and number >= 18:
                continue
            is_below = organiser == "reading" and number < FAILED[stage]
            level = "not_yet_early" if is_below else EXPECTED[stage]
            found.append(
                changed("cfe_levels", scn=child.scn, seed_code=child.school, stage=stage, organiser=organiser,
                        level_achieved=level)
            )  # fmt: skip
    open_year = {"academic_year": "2025/26", "assessed_on": "2025-09-22", "recorded_at": "2025-09-22T09:00:00+01:00"}
    found += [changed("cfe_levels", scn=child.scn, seed_code=PRIMARY, stage="P7", **open_year) for child in primary]
    return found


PREDICTED_S3 = 30
"""Pupils of S3 who were predicted to achieve numeracy; all 48 did. Of P1 and P4 nothing was predicted."""


def _predictions() -> list[dict[str, str]]:
    secondary = [child for child in children() if child.school == SECONDARY]
    return [
        changed("cfe_tracking", scn=child.scn, seed_code=SECONDARY, stage="S3", organiser="numeracy",
                predicted_level="third" if number < PREDICTED_S3 else "second")
        for number, child in enumerate(secondary)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def without_levels(new_warehouse: NewWarehouse) -> tuple[Settings, list[tuple[str, ...]]]:
    """The warehouse before a level was sent, and which subjects are released then."""
    made = new_warehouse(parsed=True)
    deliver_nights(made.landing, 0, 6)
    run_plainly(made)
    return made, rows(made, "releaser", "select distinct subject from control.releases order by 1")


@pytest.fixture(scope="module")
def released(without_levels: tuple[Settings, list[tuple[str, ...]]]) -> Settings:
    made, _ = without_levels
    files = [of_feed("cfe_levels", *_levels()), of_feed("cfe_tracking", *_predictions())]
    deliver(made.landing, files, "2025-09-27")
    run_plainly(made)
    return made


def test_a_council_that_sends_no_levels_has_its_attendance_and_roll(
    without_levels: tuple[Settings, list[tuple[str, ...]]],
) -> None:
    _, subjects = without_levels
    assert subjects == [("attendance",), ("roll",)]


def _row(settings: Settings, mart: str, columns: str, **keys: str) -> tuple:
    where = " and ".join(f"{name} = %s" for name in keys)
    (found,) = rows(settings, "analyst", f"select {columns} from aggregated.{mart} where {where}", *keys.values())
    return found


def test_every_school_of_the_council_has_rows_of_the_closed_year_and_none_of_the_open_one(released: Settings) -> None:
    query = """
        select academic_year, state, sector, count(*), count(distinct seed_code), sum(numeracy_cohort)
        from aggregated.attainment_by_school_stage group by 1, 2, 3 order by sector
    """
    primary, secondary = rows(released, "analyst", query)
    assert primary[:3] == ("2024/25", "published", "primary")
    assert primary[3] == 3 * primary[4] > 3
    assert secondary[:3] == ("2024/25", "published", "secondary")
    assert secondary[3] == secondary[4] > 1
    assert secondary[5] == 48


def test_figures_with_enough_pupils_behind_each_part_are_shown(released: Settings) -> None:
    found = _row(
        released, "attainment_by_school_stage",
        "reading_cohort, reading_achieved, reading_share::float, reading_band, reading_achieved_symbol",
        seed_code=SECONDARY, stage="S3",
    )  # fmt: skip
    assert found == (48, 40, pytest.approx(40 / 48), "80% to under 90%", None)


def test_predictions_stand_beside_results_where_they_were_made(released: Settings) -> None:
    """30 of 48 were predicted, 48 achieved: 37.5 points too low. In literacy nobody was predicted anything."""
    found = _row(
        released, "attainment_by_school_stage",
        "numeracy_cohort, numeracy_predicted, numeracy_predicted_share::float, numeracy_prediction_error::float, "
        "literacy_predicted, literacy_predicted_share, literacy_prediction_error_symbol",
        seed_code=SECONDARY, stage="S3",
    )  # fmt: skip
    assert found == (48, PREDICTED_S3, PREDICTED_S3 / 48, -37.5, 0, None, "[z]")


def test_pupils_of_the_council_spread_over_levels_where_each_has_enough(released: Settings) -> None:
    """Of 48 in S3 8 are not yet at early level, far below third; of two in P1 nothing is said, nor of those at it."""
    parts = ("above", "expected", "one_below", "further_below")
    columns = ", ".join(f"reading_{part}" for part in parts)
    assert _row(released, "attainment_by_sector_stage", columns, stage="S3") == (0, 40, 0, 8)
    found = _row(released, "attainment_by_sector_stage", f"{columns}, reading_levels_symbol", stage="P1")
    assert (found[2], found[4]) == (None, "[c]")


def test_one_to_four_below_the_level_do_not_come_out(released: Settings) -> None:
    figures = "reading_cohort, reading_achieved"
    total = _row(released, "attainment_by_school", figures, seed_code=PRIMARY)
    parts = {
        stage: _row(released, "attainment_by_school_stage", figures, seed_code=PRIMARY, stage=stage)
        for stage in ("P1", "P4")
    }
    assert None in parts["P1"]
    exact = {"P1": (P1, P1 - FAILED["P1"]), "P4": (P4, P4 - FAILED["P4"])}
    assert all(shown in (None, true) for stage in exact for shown, true in zip(parts[stage], exact[stage], strict=True))
    below = [None if None in one else one[0] - one[1] for one in (total, parts["P4"])]
    assert None in below or below[0] - below[1] not in range(1, 5)


def test_of_twenty_or_fewer_nothing_is_shown_and_of_nobody_the_share_is_not_applicable(released: Settings) -> None:
    columns = "numeracy_cohort, numeracy_cohort_symbol, numeracy_achieved, numeracy_share, numeracy_achieved_symbol"
    assert _row(released, "attainment_by_school_stage", columns, seed_code=PRIMARY, stage="P4") == (
        None,
        "[c]",
        None,
        None,
        "[c]",
    )
    assert _row(released, "attainment_by_school_stage", columns, seed_code=PRIMARY, stage="P7") == (
        0,
        None,
        0,
        None,
        "[z]",
    )


def test_a_sector_of_one_school_shows_no_more_areas_than_a_school(released: Settings) -> None:
    query = """
        select simd_quintile, numeracy_cohort, numeracy_cohort_symbol from aggregated.attainment_by_sector_deprivation
        where sector = 'secondary' and simd_quintile not in ('1', '2') order by 1
    """
    hidden = [(quintile, None, "[c]") for quintile in ("3", "4", "5", "unknown")]
    assert rows(released, "analyst", query) == hidden
    assert _row(released, "attainment_by_sector", "literacy_gap, literacy_gap_symbol", sector="secondary") == (
        None,
        "[c]",
    )


BY_STAGE = "select * from aggregated.attainment_by_school_stage order by seed_code, stage"
SUBJECTS = "select distinct subject from control.releases order by 1"


@pytest.fixture(scope="module")
def with_leavers(released: Settings) -> tuple[Settings, list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The council after its leavers and a late correction of a closed return have come.

    Beside it subjects and attainment as they were before: the correction, before the next fixed date, is of three
    pupils.
    """
    before = rows(released, "analyst", BY_STAGE)
    subjects = rows(released, "releaser", SUBJECTS)
    corrected = [
        row | {"level_achieved": EXPECTED["S3"], "recorded_at": "2025-06-10T09:00:00+01:00"}
        for row in _levels()
        if (row["stage"], row["organiser"]) == ("S3", "reading") and row["level_achieved"] == "not_yet_early"
    ][:3]
    scns = [child.scn for child in children() if child.school == SECONDARY]
    deliver(released.landing, [of_feed("cfe_levels", *corrected), *senior_files(scns, SECONDARY)], "2025-09-28")
    run_plainly(released)
    return released, before, subjects


World = tuple[Settings, list[tuple[str, ...]], list[tuple[str, ...]]]


def test_what_three_pupils_would_change_stays_as_it_was_shown(with_leavers: World) -> None:
    found, before, _ = with_leavers
    exact = (
        "select reading_achieved from aggregated_exact.attainment_by_school_stage where stage = 'S3' order by 1 desc"
    )
    assert rows(found, "releaser", exact)[0] == (43,)
    assert rows(found, "analyst", BY_STAGE) == before


def test_a_council_that_sends_no_leavers_has_all_the_rest(with_leavers: World) -> None:
    found, _, subjects = with_leavers
    assert subjects == [("attainment",), ("attendance",), ("roll",)]
    assert rows(found, "releaser", SUBJECTS) == [*subjects, ("senior_phase",)]


LEAVERS = 48


def test_leavers_with_an_award_at_a_level_are_shown_where_parts_have_enough(with_leavers: World) -> None:
    found = _row(
        with_leavers[0], "leaver_attainment_by_school",
        "leavers, cohort, national_1_at_5, national_1_at_5_share::float, national_1_at_6, all_scqf_5_at_5, state",
        seed_code=SECONDARY, academic_year="2024/25",
    )  # fmt: skip
    reached = LEAVERS - NOT_AT_5
    assert found == (LEAVERS, LEAVERS, reached, pytest.approx(reached / LEAVERS), LEAVERS - 20, reached, "pre_review")


def test_two_without_an_award_do_not_come_out_of_any_measure(with_leavers: World) -> None:
    """Nor are they to be had from the council, whose leavers are those of this school."""
    for mart, keys in (
        ("leaver_attainment_by_school", {"seed_code": SECONDARY}), ("leaver_attainment_by_authority", {}),
    ):  # fmt: skip
        where = {**keys, "academic_year": "2024/25"}
        assert _row(with_leavers[0], mart, "national_1_at_4, national_1_at_4_symbol", **where) == (None, "[c]")
    assert NOT_AT_4 == 2


def test_first_destinations_hide_the_few_and_say_that_follow_up_ones_have_not_come(with_leavers: World) -> None:
    found = _row(
        with_leavers[0], "leaver_destinations_by_school",
        "initial_positive, initial_positive_symbol, follow_up_cohort, follow_up_positive_share, "
        "follow_up_positive_symbol, state",
        seed_code=SECONDARY, academic_year="2024/25",
    )  # fmt: skip
    assert SEEKING == 3
    assert found == (None, "[c]", 0, None, "[z]", "initial")


def test_a_school_without_leavers_has_a_row_that_counts_nobody(with_leavers: World) -> None:
    """Rows come from the list of schools; parts of fewer than twenty leavers are hidden, those of nobody as well."""
    query = "select seed_code, leavers, initial_positive_symbol from aggregated.leaver_destinations_by_school"
    others = [row for row in rows(with_leavers[0], "analyst", query) if row[0] != SECONDARY]
    assert others
    assert {row[1:] for row in others} == {(0, "[c]")}


def test_an_s4_roll_that_the_roll_shows_is_shown_and_no_results_before_they_come(with_leavers: World) -> None:
    """Eight pupils in S4: the roll of fewer than twenty has no results, whatever has come."""
    found = _row(
        with_leavers[0], "s4_roll_results_by_school",
        "by_s4_cohort, by_s4_national_1_at_5_share, by_s4_national_1_at_5_symbol, by_s4_state",
        seed_code=SECONDARY, academic_year="2025/26",
    )  # fmt: skip
    assert found[1] is None
    assert found[3] == "not_yet"


def test_the_attacker_finds_nothing_in_what_stands_of_all_subjects_together(with_leavers: World) -> None:
    """Roll, attainment and the senior phase as they stand, linked, and attendance as its own release tries it."""
    done = warehouse(with_leavers[0], "audit-disclosure", "--json")
    assert done.code == 0, done.output[-3000:]
    assert '"senior_phase"' in done.output


def test_what_a_comparison_group_has_reached_stays_as_long_as_the_own_share_does(with_leavers: World) -> None:
    """One of other councils who comes late moves the group by little: nobody sees that. Another group is another."""
    settings = with_leavers[0]
    group = "national_1_at_5_comparison = %s, national_1_at_5_draws_low = %s, national_1_at_5_draws_high = %s"

    def told(source: str, reached: float) -> tuple[object, ...]:
        with connect(settings, "transformer") as connection:
            connection.execute(
                f"update aggregated_exact.leaver_comparisons_by_school set comparison_source = %s, {group} "
                "where seed_code = %s and academic_year = '2024/25'",
                (source, reached, reached - 0.02, reached + 0.02, SECONDARY),
            )
        outcomes = {result.outcome for result in release_all(settings)}
        columns = "national_1_at_5_comparison::float, national_1_at_5_draws_high::float, all_scqf_1_at_5_draws_symbol"
        where = {"seed_code": SECONDARY, "academic_year": "2024/25"}
        return (*outcomes, *_row(settings, "leaver_comparisons_by_school", columns, **where))

    assert told("own", 0.8) == ("released", 0.8, 0.82, "[z]")
    assert told("own", 0.801) == ("unchanged", 0.8, 0.82, "[z]")
    assert told("insight", 0.7) == ("released", 0.7, 0.72, "[z]")
