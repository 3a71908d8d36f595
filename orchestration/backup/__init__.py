"""Backup and restore of the embedded database: what cannot be made again, checked, seen whole or not at all."""

from orchestration.backup.manifest import BackupError, BackupManifest, is_backup, read_manifest
from orchestration.backup.restore import restore_backup
from orchestration.backup.take import take_backup

__all__ = ["BackupError", "BackupManifest", "is_backup", "read_manifest", "restore_backup", "take_backup"]
