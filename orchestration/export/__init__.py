"""Export of released marts into files that say what they hold: Parquet, and CSV on the Web with its metadata."""

from orchestration.export.described import ExportError
from orchestration.export.marts import BY_DEFAULT, FORMATS, ExportedMart, Reader, export_marts, list_marts

__all__ = ["BY_DEFAULT", "FORMATS", "ExportError", "ExportedMart", "Reader", "export_marts", "list_marts"]
