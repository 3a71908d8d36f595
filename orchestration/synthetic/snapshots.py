"""Snapshot feeds as tables: pupils and enrolments as they are known at an extract."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.synthetic.attendance_rows import moment
from orchestration.synthetic.characteristics import ethnicity_groups
from orchestration.synthetic.identifiers import seemis_ids
from orchestration.synthetic.movement import REASONS, Enrolments
from orchestration.synthetic.names import background, names
from orchestration.synthetic.people import Days, People
from orchestration.synthetic.published import STAGES, Authority, Department, data_zones, shares
from orchestration.synthetic.randomness import uniform_of

Ints = NDArray[np.int64]

_LOOKED_AFTER = (0.0055, 0.0125)  # at home, away: about 12 per 1,000 in all (2022 census)
_CLASS_SIZE = 25
_LEARNING = ("new", "early", "developing", "competent", "fluent")


@dataclass(frozen=True)
class PupilWriter:
    """Makes the pupils feed of one authority; what a person is like does not depend on the extract."""

    seeds: Path
    authority: Authority
    seed: int

    def table(self, people: People, who: Ints, scn: Ints, schools: tuple[Department, ...], department: Ints,
              stage: Ints, updated: Days) -> pa.Table:  # fmt: skip
        """Rows of the people ``who`` with the department and stage they are in."""
        codes, _ = shares(self.seeds, "ethnicity", "female")
        ethnicity = np.maximum(people.ethnicity[who], 0)
        gaelic = self._gaelic(people, who, schools, department, stage)
        forename, surname = names(
            background(codes, ethnicity, people.is_taught_in_gaelic[who]),
            people.sex[who],
            self._draw(who, "forename"),
            self._draw(who, "surname"),
        )
        language, level = self._language(who, ethnicity)
        zones = np.array([*data_zones(self.seeds).codes, None], dtype=object)
        nickname = self._draw(who, "known as") < 0.06
        identity, identity_weights = shares(self.seeds, "national_identity")
        return pa.table(
            {
                "scn": [f"{number:09d}" for number in scn.tolist()],
                "seemis_pupil_id": seemis_ids(self.authority.scotxed_code, who),
                "forename": forename,
                "surname": surname,
                "known_as": [name[:4] if short else None for name, short in zip(forename, nickname, strict=True)],
                "date_of_birth": people.birth[who].astype(str).tolist(),
                "sex": np.array(["F", "M"], dtype=object)[people.sex[who]].tolist(),
                "data_zone_code": zones[people.zone[who]].tolist(),
                "ethnicity_code": np.array(codes, dtype=object)[ethnicity].tolist(),
                "main_home_language": language,
                "english_level": level,
                "looked_after": self._looked_after(who),
                "free_meal_registered": np.array(["N", "Y"], dtype=object)[
                    people.is_meal_registered[who].astype(np.int64)
                ].tolist(),
                "gaelic_education": gaelic,
                "disability": self._pick(who, "disability", ["none", "assessed", "declared"], [0.972, 0.0233, 0.0047]),
                "national_identity": self._pick(who, "identity", identity, identity_weights.tolist()),
                "updated_at": moments(updated),
                "address": [f"{1 + number % 180} Imaginary Street" for number in who.tolist()],
                "postcode": [f"ZZ{1 + number % 9} {number % 9}ZZ" for number in who.tolist()],
            }
        )

    def _draw(self, who: Ints, purpose: str) -> NDArray[np.float64]:
        return uniform_of(who, self.seed, self.authority.code, purpose)

    def _pick(self, who: Ints, purpose: str, values: list[str], weights: list[float]) -> list[str]:
        steps = np.cumsum(weights)[:-1] / sum(weights)
        place = np.searchsorted(steps, self._draw(who, purpose), side="right")
        return np.array(values, dtype=object)[place].tolist()  # type: ignore[no-any-return]

    def _looked_after(self, who: Ints) -> list[str]:
        draw = self._draw(who, "looked after")
        place = np.where(draw < _LOOKED_AFTER[0], 1, np.where(draw < _LOOKED_AFTER[1], 2, 0))
        return np.array(["no", "at_home", "away"], dtype=object)[place].tolist()  # type: ignore[no-any-return]

    def _language(self, who: Ints, ethnicity: Ints) -> tuple[list[str], list[str]]:
        """Home language and level of English: mostly English, unless the ethnic group is another."""
        codes, weights = shares(self.seeds, "home_language")
        other = [at for at, code in enumerate(codes) if code not in ("eng", "sco", "gla", "und", "mis")]
        foreign = weights[other] / weights[other].sum()
        steps = np.cumsum(foreign)[:-1]
        speaks_other = (ethnicity_groups(self.seeds)[ethnicity] > 0) & (self._draw(who, "language") < 0.62)
        place = np.searchsorted(steps, self._draw(who, "which language"), side="right")
        language = np.where(speaks_other, np.array([codes[at] for at in other], dtype=object)[place], "eng")
        levels, level_weights = shares(self.seeds, "english_level")
        learners = [
            at for at, name in enumerate(levels) if name in ("new", "early", "developing", "competent", "fluent")
        ]
        learner_steps = np.cumsum(level_weights[learners] / level_weights[learners].sum())[:-1]
        place = np.searchsorted(learner_steps, self._draw(who, "level"), side="right")
        level = np.where(speaks_other, np.array([levels[at] for at in learners], dtype=object)[place], "first_language")
        return language.tolist(), level.tolist()

    def _gaelic(
        self, people: People, who: Ints, schools: tuple[Department, ...], department: Ints, stage: Ints
    ) -> list[str]:
        learns = np.array([school.gaelic_learners for school in schools])[department]
        taught = people.is_taught_in_gaelic[who]
        draw = self._draw(who, "gaelic")
        later = (stage >= 7) & (draw < 0.15)
        place = np.where(taught, np.where(later, 2, 3), np.where(learns & (draw < 0.5), 1, 0))
        values = np.array(["none", "learner", "through_gaelic", "medium"], dtype=object)
        return values[place].tolist()  # type: ignore[no-any-return]


def enrolment_table(
    enrolments: Enrolments, visible: Ints, scn: Ints, schools: tuple[Department, ...], at: date, year_start: date
) -> pa.Table:
    """The enrolments feed: the spells ``visible`` as known on the extract date ``at``."""
    one = enrolments.take(visible)
    known_end = ~np.isnat(one.leaving) & (one.leaving <= np.datetime64(at))
    reason = np.array([name or None for name in REASONS], dtype=object)[np.where(known_end, one.reason, 0)]
    letters = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), dtype=object)
    stages = np.array(STAGES, dtype=object)
    group = one.department * 14 + one.stage
    count = np.bincount(group, minlength=1)
    classes = np.maximum(1, -(-count // _CLASS_SIZE))[group] if len(group) else group
    letter = letters[one.person % classes % 26]
    return pa.table(
        {
            "scn": [f"{number:09d}" for number in scn[visible].tolist()],
            "seed_code": [f"{schools[place].seed_code:07d}" for place in one.department.tolist()],
            "entry_date": one.entry.astype(str).tolist(),
            "leaving_date": [str(day) if known else None for day, known in zip(one.leaving, known_end, strict=True)],
            "stage": stages[one.stage].tolist(),
            "registration_class": (stages[one.stage] + letter).tolist(),
            "is_base_school": np.where(one.is_base, "Y", "N").tolist(),
            "status": np.where(one.is_base, "on_roll", "guest").tolist(),
            "mode_of_attendance": np.where(one.is_part_time | ~one.is_base, "part_time", "full_time").tolist(),
            "leaving_reason": reason.tolist(),
            "updated_at": moments(updated_on(one, at, year_start)),
        }
    )


def updated_on(enrolments: Enrolments, at: date, year_start: date) -> Days:
    """When each spell was last changed, as known on ``at``: its start in this year, or its end."""
    first = np.maximum(enrolments.entry, np.datetime64(year_start))
    known_end = ~np.isnat(enrolments.leaving) & (enrolments.leaving <= np.datetime64(at))
    return np.asarray(np.minimum(np.where(known_end, enrolments.leaving, first), np.datetime64(at)))


def visible_at(enrolments: Enrolments, at: date) -> Ints:
    """Places of the spells that have begun by the extract date."""
    return np.flatnonzero(enrolments.entry <= np.datetime64(at))


def moments(days: Days) -> list[str]:
    """Noon of each day, with its offset."""
    unique, place = np.unique(days, return_inverse=True)
    texts = np.array([moment(day.astype(date), 12, 0) for day in unique], dtype=object)
    return texts[place].tolist()  # type: ignore[no-any-return]
