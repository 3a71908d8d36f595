"""Pools of names: Faker's, with Scottish and Gaelic ones, drawn by a hash of the person's number."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from faker.providers.person.en_GB import Provider as British
from faker.providers.person.en_IN import Provider as Indian
from faker.providers.person.en_NG import Provider as Nigerian
from faker.providers.person.en_PK import Provider as Pakistani
from faker.providers.person.pl_PL import Provider as Polish
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SCOTTISH_GIRLS = _words(
    "Isla Ailsa Eilidh Skye Catriona Kirsty Mhairi Iona Morven Rowan Fiona Shona Freya Lucy Millie Ava "
    "Orla Ellie Anna Jessica Rosie Olivia Sophie Emily Grace Maisie Erin Niamh Beth Abbie"
)
_SCOTTISH_BOYS = _words(
    "Callum Fraser Finlay Hamish Lewis Rory Fergus Angus Duncan Euan Struan Blair Gregor Cameron Murray "
    "Logan Harris Jack Noah Leo Brodie Archie Innes Ruaridh Craig Scott Kyle Aiden Ross Campbell"
)
_SCOTTISH_SURNAMES = _words(
    "Smith Brown Wilson Thomson Robertson Campbell Stewart Anderson Scott Murray MacDonald Reid Taylor "
    "Clark Ross Watson Morrison Paterson Young Mitchell Walker Fraser Miller McDonald Gray Henderson "
    "Hamilton Johnston Duncan Graham Ferguson Kerr Davidson Bell Cameron Kelly Martin Hunter Allan "
    "Mackenzie Grant Simpson MacKay McLean MacLeod Black Russell Marshall Wallace Gibson Kennedy Gordon "
    "Burns Sutherland Stevenson Milne Sinclair McIntosh Craig Munro Muir McKenna O'Neill O'Donnell "
    "Docherty Gallagher Boyle Lindsay Drummond"
)
_GAELIC_GIRLS = _words(
    "Mòrag Catrìona Màiri Seonag Sìne Anna Ceit Peigi Oighrig Raonaid Beathag Eilidh Mairead Ealasaid "
    "Sorcha Ciorstaidh Floraidh Iseabail Dòmhnallag Marsaili"
)
_GAELIC_BOYS = _words(
    "Calum Ruairidh Dòmhnall Seumas Iain Aonghas Alasdair Murchadh Coinneach Eòghann Fionnlagh Niall "
    "Uilleam Teàrlach Donnchadh Lachlann Tormod Cailean Pòl Eachann"
)
_GAELIC_SURNAMES = _words(
    "MacDhòmhnaill NicDhòmhnaill MacLeòid NicLeòid Moireasdan MacAoidh NicAoidh MacFhionghain MacNèill "
    "NicNèill Caimbeul MacIllEathain NicIllEathain MacÌomhair Greumach"
)
_CHINESE = _words("Wei Jing Xin Yi Hao Ming Jun Lan Mei Ling Chen Yan Bo Tao")
_CHINESE_SURNAMES = _words("Chen Li Wang Zhang Liu Yang Huang Zhao Wu Zhou Lin Ng Chan Cheung Wong")
GAELIC, SCOTTISH, POLISH, PAKISTANI, INDIAN, AFRICAN, CHINESE = range(7)
_POOL_OF_CODE = {
    "23": POLISH, "06": PAKISTANI, "27": PAKISTANI, "05": INDIAN, "07": INDIAN, "17": INDIAN,
    "02": AFRICAN, "25": AFRICAN, "03": AFRICAN, "24": AFRICAN, "08": CHINESE,
}  # fmt: skip


@dataclass(frozen=True)
class Pool:
    """Names of one background: girls', boys' and surnames."""

    girls: tuple[str, ...]
    boys: tuple[str, ...]
    surnames: tuple[str, ...]


@lru_cache(maxsize=1)
def pools() -> tuple[Pool, ...]:
    """Pools by background, each sorted, so that they are the same in every run."""
    british = Pool(_names(British.first_names_female), _names(British.first_names_male), _names(British.last_names))
    pakistani = _names(Pakistani.first_names)
    return (
        Pool(_GAELIC_GIRLS, _GAELIC_BOYS, _GAELIC_SURNAMES),
        Pool(
            (*(4 * _SCOTTISH_GIRLS), *british.girls),
            (*(4 * _SCOTTISH_BOYS), *british.boys),
            (*(4 * _SCOTTISH_SURNAMES), *british.surnames),
        ),
        Pool(_names(Polish.first_names_female), _names(Polish.first_names_male), _names(Polish.unisex_last_names)),
        Pool(pakistani[::2], pakistani[1::2], _names(Pakistani.last_names)),
        Pool(_names(Indian.first_names_female), _names(Indian.first_names_male), _names(Indian.last_names)),
        Pool(_names(Nigerian.first_names_female), _names(Nigerian.first_names_male), _names(Nigerian.last_names)),
        Pool(_CHINESE, _CHINESE, _CHINESE_SURNAMES),
    )


def _names(found: object) -> tuple[str, ...]:
    return tuple(sorted({str(name).strip() for name in found}))  # type: ignore[attr-defined]


def background(ethnicity_codes: list[str], ethnicity: Ints, is_gaelic: NDArray[np.bool_]) -> Ints:
    """The pool that a person's names come from."""
    pool = np.array([_POOL_OF_CODE.get(code, SCOTTISH) for code in ethnicity_codes])[ethnicity]
    return np.where(is_gaelic & (pool == SCOTTISH), GAELIC, pool)


def names(pool: Ints, sex: Ints, first: Floats, last: Floats) -> tuple[list[str], list[str]]:
    """Forenames and surnames from two uniform draws per person; half of the Gaelic surnames stay Scottish."""
    flat: list[str] = []
    bounds: list[tuple[tuple[int, int], ...]] = []
    for one in pools():
        spans = []
        for group in (one.girls, one.boys, one.surnames):
            spans.append((len(flat), len(group)))
            flat.extend(group)
        bounds.append(tuple(spans))
    start = np.array([[span[0] for span in row] for row in bounds])
    length = np.array([[span[1] for span in row] for row in bounds])
    surname_pool = np.where((pool == GAELIC) & (last * 1000 % 1 < 0.5), SCOTTISH, pool)
    forename = start[pool, sex] + (first * length[pool, sex]).astype(np.int64)
    surname = start[surname_pool, 2] + (last * length[surname_pool, 2]).astype(np.int64)
    every = np.array(flat, dtype=object)
    return every[forename].tolist(), every[surname].tolist()
