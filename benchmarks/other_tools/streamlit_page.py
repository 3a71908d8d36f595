"""The page *Authority* in Streamlit, for comparison: same queries, same figures, same cache, same tables.

``streamlit run benchmarks/other_tools/streamlit_page.py`` with the settings of the warehouse in the environment. It
reads as the made-up officer; who reads would have to be found out besides.
"""

import pandas as pd
import streamlit as st

from dashboards.kit.components import Chart, Table
from dashboards.kit.formats import Figure
from dashboards.kit.page import PageRequest, Reader
from dashboards.signin.readers import example_readers, reader_by_number
from dashboards.site.database import Database
from dashboards.site.scope import authority_names, page_request, releases_of
from dashboards.subjects.attendance import authority
from orchestration.settings import load_settings

LINES = ("Attendance by week", "Attendance by month")


@st.cache_resource
def database() -> Database:
    """Pooled connections, shared by all sessions."""
    return Database(load_settings())


@st.cache_resource
def officer() -> Reader:
    """The made-up officer of the demonstration."""
    with database().writing() as connection:
        number = next(number for number, name, _ in example_readers(connection) if name == "officer")
        found = reader_by_number(connection, number)
    assert found is not None
    return found


@st.cache_resource
def figures(sector: str, release_id: int) -> tuple[PageRequest, authority.AuthorityFigures]:
    """Figures of one sector, kept until the next release."""
    with database().reading(officer()) as connection:
        names = authority_names(load_settings().seeds_dir)
        given = {"sector": sector}
        asked = page_request(connection, authority.PAGE, officer(), names, given, releases_of(connection))
        return asked, authority.figures(connection, asked)


def frame(table: Table, numbers: bool) -> pd.DataFrame:
    """A table as Streamlit wants it: as people read it, or as numbers for a chart."""

    def cell(value: object) -> object:
        if not isinstance(value, Figure):
            return str(value)
        if not numbers:
            return value.text
        return None if value.value is None else float(value.value)

    headings = [column.heading for column in table.columns]
    found = pd.DataFrame([[cell(value) for value in row] for row in table.rows], columns=headings)
    return found.set_index(headings[0])


def show(chart: Chart) -> None:
    """One chart with its sentence and its table."""
    st.subheader(chart.title)
    st.write(chart.sentence)
    data = frame(chart.table, numbers=True).select_dtypes("number").iloc[:, :2]
    if chart.title in LINES:
        st.line_chart(data)
    else:
        st.bar_chart(data.iloc[:, :1])
    with st.expander("Figures of this chart as a table"):
        st.dataframe(frame(chart.table, numbers=False))
    for note in chart.notes:
        st.caption(note)


st.set_page_config(page_title="Authority", layout="wide")
with database().reading(officer()) as current:
    release = releases_of(current)[0]
chosen = st.selectbox("Sector", ["all", "primary", "secondary", "special"])
asked, found = figures(chosen, release.release_id)
st.title("Authority")
st.write(f"{asked.authority_name}, {asked.academic_year}, data as at {release.data_as_at}")
for column, card in zip(st.columns(len(found.charts.headline)), found.charts.headline, strict=True):
    column.metric(card.heading, str(card.figure))
    for line in card.lines:
        column.caption(line)
left, right = st.columns(2)
for place, one in enumerate(chart for _, chart in found.charts.named):
    with (left, right)[place % 2]:
        show(one)
st.dataframe(frame(found.charts.kinds, numbers=False))
st.header("Notes")
for each in found.notes:
    st.write(f"- {each.text}")
