"""Rule 6: a register's list lined up with every order of pseudonyms that the database shows.

Whoever knows a school's pupils, or a stage of it, in the order of their SEEMiS ids, SCNs, names or dates of birth, and
reads pseudonyms in the order in which the database gives them, must not find more pupils than by chance.
"""

from collections.abc import Iterator
from itertools import pairwise

from orchestration.settings import Settings
from tests.support.main_job import rows

RELATIONS = ("pupil_years", "attendance_pupil_months", "attendance_pupil_weekday_codes", "attendance_openings")
LISTS = ("pupils.seemis_pupil_id", "pupils.scn", "pupils.surname || pupils.forename", "pupils.date_of_birth")
GROUPS = ("pupil_years.seed_code::text", "pupil_years.seed_code || ' ' || pupil_years.stage")
POINTS = 0.02
"""How far above chance, as a share of pupils, a list may come."""
Lists = dict[str, list[str]]


def _lists(settings: Settings, group: str, by: str) -> Lists:
    """Tokens of each group's pupils in the order of what a register is sorted by."""
    query = f"""
        select {group} as group_name, tokens.token::text
        from canonical.pupil_years
        inner join canonical.pupils using (local_authority_code, academic_year, pupil_id)
        inner join vault.tokens on tokens.pupil_id = pupils.pupil_id and tokens.domain = 'analytics'
        where pupils.valid_to is null
        group by 1, 2
        order by 1, min({by}), md5(tokens.token::text)
    """
    found: Lists = {}
    for name, token in rows(settings, "transformer", query):
        found.setdefault(name, []).append(token)
    return found


def _orders(settings: Settings) -> Iterator[tuple[str, list[str]]]:
    """Name of each order that rows lie in, and the pseudonyms by first appearance in it."""
    for relation in RELATIONS:
        for order in ("", "order by ctid", "order by ctid desc"):
            if not (order and relation == "attendance_openings"):  # a view has no places
                query = f"select pupil_token::text from pseudonymised.{relation} {order}"
                yield (
                    f"{relation} {order}".strip(),
                    list(dict.fromkeys(t for (t,) in rows(settings, "researcher", query))),
                )


def _found(known: Lists, shown: list[str]) -> tuple[float, float, float]:
    """Share of pupils whose place in the list is that of their pseudonym, share of neighbours, and share by chance."""
    place_of = {token: at for at, token in enumerate(shown)}
    in_place = neighbours = pairs = 0
    for listed in known.values():
        order = sorted((token for token in listed if token in place_of), key=place_of.__getitem__)
        in_place += sum(mine == theirs for mine, theirs in zip(listed, order, strict=False))
        at = {token: number for number, token in enumerate(order)}
        pairs += len(listed) - 1
        neighbours += sum(at.get(second, -9) - at.get(first, -99) == 1 for first, second in pairwise(listed))
    total = sum(map(len, known.values()))
    return in_place / total, neighbours / pairs, len(known) / total


def found_by_lists(settings: Settings) -> list[str]:
    """In words, each order of pseudonyms in which a sorted list finds more pupils than chance allows."""
    lists = {(group, by): _lists(settings, group, by) for group in GROUPS for by in LISTS}
    too_many = []
    for name, shown in _orders(settings):
        for (group, by), known in lists.items():
            in_place, neighbours, chance = _found(known, shown)
            if max(in_place, neighbours) > chance + POINTS:
                where = f"{name}, {group} by {by}"
                too_many.append(f"{where}: {in_place:.1%} in place, {neighbours:.1%} neighbours, chance {chance:.1%}")
    return too_many
