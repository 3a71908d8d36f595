"""``python -m dashboards.assets``: make the vendor files anew from the lock file."""

from dashboards.assets import FILES, VENDOR, build

build()
print(f"{len(FILES)} files in {VENDOR}")
