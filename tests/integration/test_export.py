"""Released marts as files: what a login sees, in two forms that say what they hold, and the same bytes each time."""

import csv
import datetime as dt
import hashlib
import html
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest

from orchestration.access import list_sql_reads
from orchestration.database.connections import parameters
from orchestration.export import ExportError, Reader, export_marts
from orchestration.export.described import Column, Mart
from orchestration.export.writers import write_csv
from orchestration.settings import Settings
from tests.support.logins import PASSWORD, forget, login
from tests.support.main_job import rows, warehouse

MART = "attendance_by_school_year"
FILES = {f"{MART}.csv", f"{MART}.csv-metadata.json", f"{MART}.parquet"}


@pytest.fixture(scope="module")
def folder(released: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every mart, as the command writes it."""
    out = tmp_path_factory.mktemp("export") / "figures"
    done = warehouse(released, "export", "--all", "--out", str(out), "--json")
    assert done.code == 0, done.errors
    assert all(set(one["written"]) == set(one["files"]) for one in done.json())
    return out


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_every_mart_is_in_both_forms_with_the_rows_that_a_query_gives(released: Settings, folder: Path) -> None:
    views = "select table_name from information_schema.views where table_schema = 'aggregated' order by 1"
    marts = [name for (name,) in rows(released, "analyst", views)]
    assert {path.name for path in folder.iterdir()} == {
        f"{mart}.{end}" for mart in marts for end in ("csv", "csv-metadata.json", "parquet")
    }
    for mart in marts:
        (count,) = rows(released, "analyst", f"select count(*) from aggregated.{mart}")[0]
        with (folder / f"{mart}.csv").open(newline="", encoding="utf-8") as file:
            assert sum(1 for _ in csv.reader(file)) == count + 1, mart
        assert pq.ParquetFile(folder / f"{mart}.parquet").metadata.num_rows == count, mart


def test_values_are_those_of_the_database(released: Settings, folder: Path) -> None:
    query = f"select * from aggregated.{MART} order by local_authority_code, seed_code, sector, academic_year"
    wanted = rows(released, "analyst", query)
    table = pq.read_table(folder / f"{MART}.parquet")
    assert [tuple(row.values()) for row in table.to_pylist()] == wanted
    with (folder / f"{MART}.csv").open(newline="", encoding="utf-8") as file:
        first = next(csv.DictReader(file))
    for value, text in zip(wanted[0], first.values(), strict=True):
        assert text == ("" if value is None else str(value).lower() if isinstance(value, bool) else str(value))


def test_the_metadata_says_what_the_file_holds(released: Settings, folder: Path) -> None:
    known = json.loads((folder / f"{MART}.csv-metadata.json").read_text())
    assert known["@context"][0] == "http://www.w3.org/ns/csvw"
    assert known["url"] == f"{MART}.csv"
    assert known["dc:title"] == "Attendance by school year"
    assert "Made-up pupils" in known["dc:description"]
    assert "licence to publish" in known["dc:rights"]
    assert "Analytical copy" in known["dc:provenance"]
    (as_at, deliveries) = rows(released, "analyst", "select data_as_at, deliveries from aggregated.releases")[0]
    assert known["dc:valid"] == as_at.isoformat()
    assert known["dc:source"] == sorted(deliveries)
    schema = known["tableSchema"]
    assert schema["primaryKey"] == ["local_authority_code", "seed_code", "sector", "academic_year"]
    with (folder / f"{MART}.csv").open(newline="", encoding="utf-8") as file:
        assert next(csv.reader(file)) == [column["titles"][0] for column in schema["columns"]]
    columns = {column["name"]: column for column in schema["columns"]}
    assert all(column["dc:description"] for column in columns.values())
    assert columns["attendance_rate"]["datatype"] == {"base": "decimal", "format": "0.00000000"}
    assert columns["attendance_rate"]["schema:unitText"] == "share, 0 to 1"
    assert columns["data_as_at"]["datatype"] == "date"
    parquet = pq.read_schema(folder / f"{MART}.parquet")
    assert json.loads(parquet.metadata[b"primaryKey"]) == schema["primaryKey"]
    assert parquet.metadata[b"dc:issued"].decode() == known["dc:issued"]
    assert parquet.field("attendance_rate").metadata[b"unit"] == b"share, 0 to 1"
    assert not parquet.field("seed_code").nullable


def test_every_mart_has_a_key_and_no_row_twice(folder: Path) -> None:
    for path in sorted(folder.glob("*.json")):
        schema = json.loads(path.read_text())["tableSchema"]
        with path.with_name(path.name.removesuffix("-metadata.json")).open(newline="", encoding="utf-8") as file:
            keys = [tuple(row[name] for name in schema["primaryKey"]) for row in csv.DictReader(file)]
        assert len(set(keys)) == len(keys), path.name


def test_the_same_release_gives_the_same_files_and_writes_none_again(released: Settings, folder: Path) -> None:
    before = digests(folder)
    times = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    (folder / f"{MART}.csv").write_text("spoilt\n")
    done = export_marts(released, folder)
    assert [(one.mart, one.written) for one in done if one.written] == [(MART, (f"{MART}.csv",))]
    assert digests(folder) == before
    assert {name for name, at in times.items() if (folder / name).stat().st_mtime_ns != at} == {f"{MART}.csv"}


def test_a_persons_login_exports_its_own_authority_and_is_on_record(released: Settings, tmp_path: Path) -> None:
    login(released, "e_xports")
    login(released, "e_lsewhere", authority="S12000006")
    mine = Settings(**{**released.model_dump(), "login_password": PASSWORD})
    try:
        done = export_marts(mine, tmp_path / "mine", [MART], ["csv"], Reader(login="e_xports"))
        assert [(one.mart, one.files) for one in done] == [(MART, (f"{MART}.csv", f"{MART}.csv-metadata.json"))]
        assert done[0].rows > 20
        assert MART in {line["mart"] for line in list_sql_reads(released, "e_xports")}
        with pytest.raises(ExportError, match="sees no release"):
            export_marts(mine, tmp_path / "none", [MART], ["csv"], Reader(login="e_lsewhere"))
        assert not (tmp_path / "none").exists()
    finally:
        forget(released, "e_xports", "e_lsewhere")


def test_what_cannot_be_is_said(released: Settings, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    for arguments, code, said in (
        (("atendance_by_school_year", "--out", out), 1, "did you mean attendance_by_school_year?"),
        (("pupils", "schols", "--out", out), 1, "there is no mart schols; did you mean schools?"),
        ((MART, "--out", out, "--role", "steward"), 1, "choose analyst or researcher"),
        ((MART, "--out", out, "--login", "n_obody"), 6, "refuses n_obody: set WAREHOUSE_LOGIN_PASSWORD"),
        ((MART, "--all", "--out", out), 2, "name marts, or all with --all"),
        ((MART,), 2, "a folder with --out"),
        ((MART, "--out", __file__), 1, "is a file: name a folder"),
    ):
        done = warehouse(released, "export", *arguments)
        assert (done.code, said in " ".join(done.errors.split())) == (code, True), done.errors
    assert not Path(out).exists()


def test_a_cell_is_no_formula_and_keeps_all_its_digits(tmp_path: Path) -> None:
    names = {"a": "text", "b": "numeric(9,8)", "c": "timestamp with time zone", "d": "boolean", "e": "text[]"}
    mart = Mart("m", "", tuple(Column(name, kind, "", None, None) for name, kind in names.items()))
    at = dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    batch = [("=1+1", Decimal("0.10000000"), at, True, ["x", "y"]), (None, None, None, None, None)]
    assert write_csv(tmp_path / "m.csv", mart, [batch]) == 2
    lines = (tmp_path / "m.csv").read_bytes().decode().split("\r\n")
    assert lines == ["a,b,c,d,e", "'=1+1,0.10000000,2026-03-29T00:30:00Z,true,x;y", ",,,,", ""]
    with pytest.raises(ExportError, match="use Parquet"):
        write_csv(tmp_path / "m.csv", mart, [[("x", None, None, None, ["a;b"])]])


def test_the_workbook_has_a_worksheet_for_each_mart(released: Settings, tmp_path: Path) -> None:
    long = "attendance_by_authority_stage_simd_quintile_month"
    marts = [MART, long, "metric_definitions"]
    (done,) = export_marts(released, tmp_path, marts, ["workbook"])
    assert (done.files, done.written) == (("marts.xlsx",), ("marts.xlsx",))
    with zipfile.ZipFile(tmp_path / "marts.xlsx") as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        words = html.unescape(book.read("xl/sharedStrings.xml").decode())
    assert names == ["Cover", "Contents", f"{long[:28]}_01", MART, "metric_definitions"]
    for said in ("data as at 2025-10-0", "Analytical copy", "[c] suppressed", "Made-up pupils", "openings_symbol"):
        assert said in words
    (again,) = export_marts(released, tmp_path, marts, ["workbook"])
    assert again.written == ()


def test_files_that_connect_name_server_and_mart_and_no_password(released: Settings, tmp_path: Path) -> None:
    export_marts(released, tmp_path, [MART], ["connections"], Reader("analyst"))
    assert {path.name for path in tmp_path.iterdir()} == {"warehouse.pbids", f"{MART}.odc"}
    known = parameters(released, "analyst")
    (connection,) = json.loads((tmp_path / "warehouse.pbids").read_text())["connections"]
    assert connection["details"]["protocol"] == "postgresql"
    assert connection["details"]["address"] == {"server": f"{known['host']}:{known['port']}", "database": "warehouse"}
    text = (tmp_path / f"{MART}.odc").read_text()
    found = ElementTree.fromstring(re.search(r'<xml id="msodc">(.*)</xml>', text, re.DOTALL).group(1))  # type: ignore[union-attr]
    said = {element.tag.rpartition("}")[2]: element.text for element in found.iter()}
    assert f"SERVER=127.0.0.1;PORT={known['port']};DATABASE=warehouse" in str(said["ConnectionString"])
    assert len(rows(released, "analyst", str(said["CommandText"]))) > 20
    assert all(known["password"] not in path.read_text() for path in tmp_path.iterdir())


def test_each_count_of_pupils_says_which_pupils(released: Settings) -> None:
    counted = rows(
        released,
        "analyst",
        "select mart, column_name, population from aggregated.data_dictionary where unit = 'pupils' order by 1, 2",
    )
    assert {("schools", "pupils", "on roll"), (MART, "pupils", "judged")} <= set(counted)
    assert ("persistent_absence_by_school", "persistently_absent", "judged") in counted
    assert all(population for _, _, population in counted)


def test_days_are_those_of_delivered_calendars(released: Settings) -> None:
    """A school's open days are what the officers delivered, and the census is held on one day of each year."""
    query = """
        select days.weekday_name, sum(calendar.half_days_open) from aggregated.school_calendar as calendar
        inner join aggregated.calendar_days as days using (day)
        where day between '2025-09-08' and '2025-09-14' group by days.weekday, days.weekday_name order by days.weekday
    """
    found = dict(rows(released, "analyst", query))
    assert set(found) >= {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}
    assert all(count > 0 for day, count in found.items() if day not in ("Saturday", "Sunday"))
    assert rows(
        released, "analyst", "select academic_year, day from aggregated.calendar_days where is_census_day "
        "and academic_year = '2025/26'",
    ) == [("2025/26", dt.date(2025, 9, 10))]  # fmt: skip


def test_each_metric_names_the_marts_that_have_it(released: Settings) -> None:
    found = dict(rows(released, "analyst", "select metric, marts from metric_definitions"))
    assert found["rate_same_weeks_last_year"] == ["attendance_by_authority_year", "attendance_by_school_year"]
    assert "attendance_by_school_week" not in found["authorised_absence_rate"]
    for metric, marts in found.items():
        for mart in marts:
            assert rows(released, "analyst", f"select count(*) from aggregated.{mart}")[0][0] >= 0, metric
