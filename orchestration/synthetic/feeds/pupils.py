"""The pupils feed: a snapshot of everybody with a base school, as they are known at an extract."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.synthetic.feeds.times import moments
from orchestration.synthetic.world.characteristics import ethnicity_groups
from orchestration.synthetic.world.identifiers import seemis_ids
from orchestration.synthetic.world.names import background, names
from orchestration.synthetic.world.people import Days, People
from orchestration.synthetic.world.published import Authority, Department, data_zones, shares
from orchestration.synthetic.world.randomness import uniform_of

Ints = NDArray[np.int64]

_LOOKED_AFTER = (0.0055, 0.0125)  # at home, away: about 12 per 1,000 in all (2022 census)
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
