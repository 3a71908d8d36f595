"""Files by which Power BI and Excel open on the marts: they name server, database and mart, and hold no password.

A ``.pbids`` file is JSON and starts Power BI's own *Get data* for PostgreSQL; an ``.odc`` file is a page with XML in it
that Excel opens by ODBC, with Debian's or Microsoft Windows's driver of the PostgreSQL project.
"""

import json
from xml.sax.saxutils import escape

from psycopg import sql

from orchestration.database.connections import parameters
from orchestration.export.described import Mart
from orchestration.export.web_metadata import words
from orchestration.settings import Settings

DRIVER = "PostgreSQL Unicode(x64)"
"""Name of the driver in Windows. Elsewhere ODBC knows it as PostgreSQL Unicode."""


def power_bi(settings: Settings) -> str:
    """Text of a ``.pbids`` file: Power BI asks for login and password, and shows what the login may see."""
    known = parameters(settings, "analyst")
    connection = {
        "details": {
            "protocol": "postgresql",
            "address": {"server": f"{known['host']}:{known['port']}", "database": known["dbname"]},
            "authentication": None,
            "query": None,
        },
        "options": {},
        "mode": "Import",
    }
    return json.dumps({"version": "0.1", "connections": [connection]}, indent=2) + "\n"


def excel(settings: Settings, mart: Mart, login: str | None) -> str:
    """Text of an ``.odc`` file that opens one mart; Excel asks for the password, and for a login if none is named."""
    known = parameters(settings, "analyst")
    parts = {
        "DRIVER": f"{{{DRIVER}}}", "SERVER": known["host"], "PORT": known["port"], "DATABASE": known["dbname"],
        "SSLMODE": known["sslmode"], "READONLY": "1", **({"UID": login} if login else {}),
    }  # fmt: skip
    address = ";".join(f"{name}={value}" for name, value in parts.items())
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in mart.columns)
    query = sql.SQL("select {} from {}").format(columns, sql.Identifier("aggregated", mart.name)).as_string()
    title = escape(words(mart.name))
    lines = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40">',
        "<head>",
        '<meta http-equiv="Content-Type" content="text/x-ms-odc; charset=utf-8">',
        '<meta name="ProgId" content="ODC.Database">',
        '<meta name="SourceType" content="ODBC">',
        f"<title>{title}</title>",
        '<xml id="docprops"><o:DocumentProperties>',
        f"<o:Description>{escape(mart.description)}</o:Description>",
        "</o:DocumentProperties></xml>",
        '<xml id="msodc"><odc:OfficeDataConnection xmlns:odc="urn:schemas-microsoft-com:office:odc">',
        '<odc:Connection odc:Type="ODBC">',
        f"<odc:ConnectionString>{escape(address)}</odc:ConnectionString>",
        "<odc:CommandType>SQL</odc:CommandType>",
        f"<odc:CommandText>{escape(query)}</odc:CommandText>",
        "</odc:Connection>",
        "</odc:OfficeDataConnection></xml>",
        "</head>",
        f"<body>{title}</body>",
        "</html>",
    )
    return "\n".join(lines) + "\n"
