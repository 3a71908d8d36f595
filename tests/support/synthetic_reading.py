"""Reads synthetic deliveries the way a stranger would: from the files and the rules of the layouts."""

import csv
import gzip
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


def truth_of(out: Path) -> dict[str, Any]:
    """What the generator says it made."""
    return json.loads((out / "truth.json").read_text(encoding="utf-8"))


def good_files(out: Path, truth: dict[str, Any], feed: str) -> list[tuple[str, Path]]:
    """Files of a feed that must be accepted, with the key of their delivery, in order."""
    lost = {(fault["delivery"], fault.get("feed")) for fault in truth["faults"] if is_loss(fault)}
    found = []
    for manifest in sorted(out.glob("*/*/manifest.json")):
        key = f"{manifest.parent.parent.name}/{manifest.parent.name}"
        if (key, None) in lost or (key, feed) in lost:
            continue
        for file in json.loads(manifest.read_text(encoding="utf-8"))["files"]:
            if file["feed"] == feed:
                found.append((key, manifest.parent / file["name"]))
    return found


def is_loss(fault: dict[str, Any]) -> bool:
    """Whether a whole file or delivery is kept out."""
    return fault["outcome"] in ("quarantined", "refused", "set_aside", "withdrawn")


def text_of(path: Path) -> str:
    """Content of a good file, without byte-order mark, with LF."""
    content = path.read_bytes()
    content = gzip.decompress(content) if path.suffix == ".gz" else content
    return content.decode("utf-8-sig").replace("\r\n", "\n")


def accepted_lines(truth: dict[str, Any], key: str, feed: str, text: str) -> tuple[str, list[str]]:
    """Header and the rows that no planted fault rejects. Synthetic values never hold a line break."""
    rejected = {
        fault["row"]
        for fault in truth["faults"]
        if fault["delivery"] == key and fault.get("feed") == feed and fault["outcome"] == "rejected"
    }
    header, *rows = text.rstrip("\n").split("\n")
    return header, [row for number, row in enumerate(rows, start=1) if number not in rejected]


def accepted_rows(out: Path, truth: dict[str, Any], feed: str) -> list[dict[str, str]]:
    """Accepted rows of a snapshot feed over all deliveries, each with its delivery."""
    found = []
    for key, path in good_files(out, truth, feed):
        header, lines = accepted_lines(truth, key, feed, text_of(path))
        reader = csv.DictReader(io.StringIO("\n".join([header, *lines])))
        found += [{**row, "delivery": key} for row in reader]
    return found


def canonical_counts(
    out: Path, truth: dict[str, Any], authority: str, academic_year: str
) -> Counter[tuple[str, str, str]]:
    """Openings by SEED code, stage and national code of one year, worked out from its files alone."""
    keys = truth["authorities"][authority][academic_year]["deliveries"]
    pupils = {
        row["scn"]: row["seemis_pupil_id"]
        for row in accepted_rows(out, truth, "pupils")
        if row["delivery"] in keys and not row["seemis_pupil_id"].startswith("OTHER")
    }
    enrolments = [row for row in accepted_rows(out, truth, "enrolments") if row["delivery"] in keys]
    stages = {pupils[row["scn"]]: row["stage"] for row in enrolments}
    enrolled = {(pupils[row["scn"]], row["seed_code"]) for row in enrolments}
    tables = []
    for key, path in good_files(out, truth, "attendance"):
        header, lines = accepted_lines(truth, key, "attendance", text_of(path))
        if lines and key in keys:
            content = "\n".join([header, *lines]).encode()
            types = dict.fromkeys(header.split(","), pa.string())
            tables.append(
                pa_csv.read_csv(io.BytesIO(content), convert_options=pa_csv.ConvertOptions(column_types=types))
            )
    marks = pa.concat_tables(tables)
    ids = pa.table({"scn": list(pupils), "pupil": list(pupils.values())})
    stage_of = pa.table({"pupil": list(stages), "stage": list(stages.values())})
    own = pa.table({"pupil": [pupil for pupil, _ in enrolled], "seed_code": [seed for _, seed in enrolled]})
    query = """
        with mapped as (
            select pupil, seed_code, attendance_date, opening, recorded_at::timestamptz as recorded_at,
                coalesce(l.attendance_code, n.attendance_code, '99') as code
            from marks
            inner join ids using (scn)
            left join read_csv($local, all_varchar=true) l
                on l.local_code = marks.attendance_code and l.local_authority_code = $authority
            left join read_csv($national, all_varchar=true) n on n.attendance_code = marks.attendance_code
        ),
        latest as (
            select pupil, seed_code, attendance_date, opening, arg_max(code, recorded_at) as code
            from mapped group by pupil, seed_code, attendance_date, opening
        ),
        judged as (
            select latest.*, own.pupil is not null as is_own,
                bool_or(own.pupil is not null) over (partition by latest.pupil, attendance_date, opening) as has_own
            from latest left join own on latest.pupil = own.pupil and latest.seed_code = own.seed_code
        )
        -- rule 17: a school that is not the pupil's, on a half day that an own school has marked, does not count
        select seed_code, stage, code, count(*) from judged inner join stage_of using (pupil)
        where is_own or not has_own group by all
    """
    connection = duckdb.connect()
    for name, table in (("marks", marks), ("ids", ids), ("stage_of", stage_of), ("own", own)):
        connection.register(name, table)
    rows = connection.execute(
        query,
        {
            "authority": authority,
            "local": str(SEEDS / "local_attendance_codes.csv"),
            "national": str(SEEDS / "attendance_codes.csv"),
        },
    ).fetchall()
    return Counter({(seed, stage, code): count for seed, stage, code, count in rows})
