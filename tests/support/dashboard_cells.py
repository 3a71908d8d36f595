"""Cells of a page as a reader sees them, and the same cells asked for by SQL written for this purpose."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from dashboards.kit import formats
from dashboards.kit.page import Reader
from dashboards.subjects.core.figures import codes
from dashboards.subjects.senior_phase.figures.measures import NOT_COME
from orchestration.database import connect
from orchestration.settings import Settings

Cells = dict[tuple[str, str, str], str]
# what a page says in words, as the symbol that the database has
MARKS = {word: symbol for symbol, word in formats.ON_PAGE.items()}
MARKS |= {formats.NO_SCHOOLS: "[x]", formats.UNPUBLISHED: "[x]", formats.PART_OF_YEAR: "[z]", NOT_COME: "[z]"}
RATE = "coalesce(round(100 * {0}, 1) || '%%', {1}, '[x]')"


class PageTables(HTMLParser):
    """All tables of a page: ``cells[caption, heading of the row, heading of the column]``."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.cells: Cells = {}
        self._caption = self._text = ""
        self._headings: list[str] = []
        self._row: list[str] = []
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"caption", "th", "td"}:
            self._text = ""
        elif tag == "table":
            self._headings = []
        elif tag == "tr":
            self._row = []
        elif tag == "span" and (self._hidden or dict(attrs).get("class") == "visually-hidden"):
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        text = " ".join(self._text.split())
        if tag == "caption":
            self._caption = text
        elif tag in {"th", "td"}:
            self._row.append(MARKS.get(text, text))
        elif tag == "span" and self._hidden:
            self._hidden -= 1
        elif tag == "tr" and not self._headings:
            self._headings = self._row
        elif tag == "tr":
            for heading, value in zip(self._headings[1:], self._row[1:], strict=True):
                self.cells[self._caption, self._row[0].partition(" (up to")[0], heading] = value

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._text += data


class Asked:
    """Queries as the role of the dashboards with one reader set, for one authority and year."""

    def __init__(self, settings: Settings, reader: Reader, authority: str, year: str) -> None:
        self._settings, self._reader = settings, reader
        self._values = {"authority": authority, "year": year}

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query over released tables; ``{where}`` is the authority and the year."""
        where = "local_authority_code = %(authority)s and academic_year = %(year)s"
        with connect(self._settings, "dashboard") as connection:
            connection.execute("select set_config('warehouse.reader', %s, true)", (str(self._reader.reader_id),))
            return connection.execute(sql.replace("{where}", where), {**self._values, **values}).fetchall()


def _rate(column: str = "attendance_rate", symbol: str = "openings_symbol") -> str:
    return RATE.format(column, symbol)


def _count(column: str, symbol: str) -> str:
    return f"coalesce(trim(to_char({column}, '999,999,999,999')), {symbol}, '[x]')"


def _year(year: str) -> str:
    return f"Attendance, {year}"


def in_time(asked: Asked, kind: str, year: str, place: Mapping[str, str]) -> Cells:
    """Weeks and months; ``kind`` is authority or school, ``place`` its keys besides authority and year."""
    keys = "".join(f" and {key} = %({key})s" for key in place)
    weeks = asked.rows(
        f"select school_week_number, week, {_rate()} from aggregated.attendance_by_{kind}_week where {{where}}{keys}",
        **place,
    )
    months = asked.rows(
        f"select month, {_rate()} from aggregated.attendance_by_{kind}_month where {{where}}{keys}", **place
    )
    found = {
        (f"Attendance by week, {year}", f"Week {number}, from {formats.date(day)}", _year(year)): rate
        for number, day, rate in weeks
    }
    return found | {(f"Attendance by month, {year}", formats.month(day), _year(year)): rate for day, rate in months}


def groups(
    asked: Asked, mart: str, column: str, caption: str, names: Mapping[str, str], place: Mapping[str, str]
) -> Cells:
    """Attendance and pupils of the groups of a mart."""
    keys = "".join(f" and {key} = %({key})s" for key in place)
    rows = asked.rows(
        f"select {column}, {_rate()}, {_count('pupils', 'pupils_symbol')} from aggregated.{mart} where {{where}}{keys} "
        "and openings_symbol is distinct from '[z]'",
        **place,
    )
    return {
        (caption, names.get(value, value), heading): text
        for value, rate, pupils in rows
        for heading, text in (("Attendance", rate), ("Pupils", pupils))
    }


def cells_added_up(asked: Asked, column: str, caption: str, names: Mapping[str, str], sector: str) -> Cells:
    """Rates by stage or quintile, over the months and groups that are shown, if at least half of them are."""
    rows = asked.rows(
        f"""
        select {column}, case
            when count(*) filter (where openings_symbol in ('[c]', '[x]')) * 2 > count(*)
                then case when bool_or(openings_symbol = '[c]') then '[c]' else '[x]' end
            else round(100.0 * sum(openings_attended) / sum(openings_possible), 1) || '%%' end
        from aggregated.attendance_by_authority_stage_simd_quintile_month
        where {{where}} and openings_symbol is distinct from '[z]' and (%(sector)s = 'all' or sector = %(sector)s)
        group by {column}
        """,
        sector=sector,
    )
    return {(caption, names.get(value, value), "Attendance"): rate for value, rate in rows}


def weekdays(asked: Asked, kind: str, place: Mapping[str, str]) -> Cells:
    """Attendance by half day and weekday."""
    keys = "".join(f" and {key} = %({key})s" for key in place)
    rows = asked.rows(
        f"select weekday, opening, {_rate()} from aggregated.attendance_by_{kind}_weekday where {{where}}{keys}",
        **place,
    )
    return {
        ("Attendance by weekday and half day", codes.HALF_DAYS[half], codes.WEEKDAYS[day][0]): rate
        for day, half, rate in rows
    }


def absence(asked: Asked, kind: str, place: Mapping[str, str]) -> Cells:
    """Reasons, and the bands of persistent absence."""
    keys = "".join(f" and {key} = %({key})s" for key in place)
    low = "case when share_of_possible > 0 and round(100 * share_of_possible, 1) = 0 then '[low]' else {} end"
    reasons = asked.rows(
        f"select reason, {low.format(_rate('share_of_possible'))}, {_count('openings', 'openings_symbol')} "
        f"from aggregated.absence_reasons_by_{kind} where {{where}}{keys}",
        **place,
    )
    caption = "Reasons for absence, share of possible half days"
    found = {
        (caption, codes.reason_name(reason)[0], heading): text
        for reason, share, openings in reasons
        for heading, text in (("Share of possible half days", share), ("Half days", openings))
    }
    where = keys if kind == "school" else " and breakdown = 'sector' and value = %(sector)s"
    bands = asked.rows(
        "select "
        + ", ".join(
            _count(column, "bands_symbol")
            for column in ("pupils_absent_under_5", "pupils_absent_20_and_over", "persistently_absent")
        )
        + f", {_rate('persistent_absence_rate', 'bands_symbol')} from aggregated.persistent_absence_by_{kind} "
        f"where {{where}}{where}",
        **place,
    )
    caption = "Pupils by share of half days missed"
    for under, over, persistent, share in bands:
        found |= {
            (caption, "Under 5%", "Pupils"): under,
            (caption, "20% or more", "Pupils"): over,
            (caption, "Persistent: 10% or more", "Pupils"): persistent,
            (caption, "Persistent: 10% or more", "Share of pupils"): share,
        }
    return found


def half_days(asked: Asked, kind: str, place: Mapping[str, str]) -> Cells:
    """Possible, attended and missed half days."""
    keys = "".join(f" and {key} = %({key})s" for key in place)
    rows = asked.rows(
        f"select {_count('openings_possible', 'openings_symbol')}, {_count('openings_attended', 'openings_symbol')}, "
        f"{_count('openings_authorised', 'absence_symbol')}, {_count('openings_late', 'late_symbol')} "
        f"from aggregated.attendance_by_{kind}_year where {{where}}{keys}",
        **place,
    )
    names = ("Possible", "Attended", "Authorised absence", "of these late, before half time")
    caption = "Possible half days, attended and missed"
    return {(caption, name, "Number"): text for row in rows for name, text in zip(names, row, strict=True)}


def authority_cells(asked: Asked, year: str, sector: str) -> Cells:
    """What the page of the authority must show of a sector."""
    place = {"sector": sector}
    simd = "Attendance by deprivation of the area (SIMD 2020v2)"
    return {
        **in_time(asked, "authority", year, place),
        **cells_added_up(asked, "stage", "Attendance by stage", codes.STAGE_NAMES, sector),
        **cells_added_up(asked, "simd_quintile", simd, codes.QUINTILES, sector),
        **groups(asked, "attendance_by_authority_sex", "sex", "Attendance by sex", codes.SEXES, place),
        **weekdays(asked, "authority", place),
        **absence(asked, "authority", place),
        **half_days(asked, "authority", place),
    }


def school_cells(asked: Asked, year: str, seed_code: str, sector: str) -> Cells:
    """What the page of a school must show."""
    place = {"seed_code": seed_code, "sector": sector}
    simd = "Attendance by deprivation of the area (SIMD 2020v2)"
    areas = codes.DEPRIVATION_GROUPS
    return {
        **in_time(asked, "school", year, place),
        **groups(asked, "attendance_by_school_stage", "stage", "Attendance by stage", codes.STAGE_NAMES, place),
        **groups(asked, "attendance_by_school_deprivation", "deprivation_group", simd, areas, place),
        **groups(asked, "attendance_by_school_sex", "sex", "Attendance by sex", codes.SEXES, place),
        **weekdays(asked, "school", place),
        **absence(asked, "school", place),
        **half_days(asked, "school", place),
    }


def schools_cells(asked: Asked, year: str) -> Cells:
    """What the table of schools must show."""
    keys = "(local_authority_code, seed_code, sector, academic_year)"
    rows = asked.rows(
        f"""
        select school_name, {_rate("year.attendance_rate", "year.openings_symbol")},
            {_count("year.pupils", "year.pupils_symbol")}, {_rate("persistent_absence_rate", "bands_symbol")},
            round(100 * year.attendance_rate, 1) - round(100 * similar_schools.attendance_rate, 1)
        from aggregated.attendance_by_school_year as year
        inner join aggregated.persistent_absence_by_school using {keys}
        inner join aggregated.similar_schools using {keys}
        inner join aggregated.schools using (local_authority_code, seed_code, sector)
        where {{where}}
        """.replace("{where}", "local_authority_code = %(authority)s and year.academic_year = %(year)s")
    )
    caption = f"Attendance of schools, year to date, {year}"
    found: Cells = {}
    for name, rate, pupils, persistent, alike in rows:
        found |= {
            (caption, name, "Attendance"): rate,
            (caption, name, "Pupils"): pupils,
            (caption, name, "Persistently absent"): persistent,
        }
        if alike is not None:
            found[caption, name, "Against schools like it (points)"] = formats.points(alike)
    return found
