"""Style sheets, scripts, fonts and icons: read once, compressed once, served from memory under a versioned address.

The version is a hash of all files, so browsers may keep them for a year and get new ones with a new version.
"""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).parents[1] / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class File:
    """One file as it is sent. ``zipped`` is None where compression gains nothing (fonts)."""

    body: bytes
    zipped: bytes | None
    media_type: str


class StaticFiles:
    """All files of a folder."""

    def __init__(self, folder: Path = FOLDER) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in TYPES)
        self._files = {path.relative_to(folder).as_posix(): _read(path) for path in paths}
        digest = hashlib.sha256()
        for name, file in self._files.items():
            digest.update(name.encode() + file.body)
        self.version = digest.hexdigest()[:12]

    def address(self, name: str) -> str:
        """The address of a file. Raises KeyError where there is none."""
        if name not in self._files:
            raise KeyError(f"no file {name} in dashboards/static; `python -m dashboards.assets` makes the vendor files")
        return f"/static/{self.version}/{name}"

    def serve(self, request: Request, version: str, name: str) -> Response:
        """The file; of an older version the current one, which is not kept then."""
        file = self._files.get(name)
        if file is None:
            return Response("Not found", status_code=404, media_type="text/plain")
        headers = {"cache-control": FOREVER if version == self.version else "no-cache", "vary": "accept-encoding"}
        if file.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(file.zipped, media_type=file.media_type, headers=headers | {"content-encoding": "gzip"})
        return Response(file.body, media_type=file.media_type, headers=headers)


def _read(path: Path) -> File:
    body = path.read_bytes()
    zipped = gzip.compress(body, 9, mtime=0)
    return File(body, zipped if len(zipped) < len(body) * 0.9 else None, TYPES[path.suffix])
