"""Where the automatic copies of the database go, and that a server has none."""

from collections.abc import Iterator

from bot.cli.checks.finding import Finding, note
from bot.cli.checks.machine import folder_findings
from bot.config import Storage
from bot.operations.backup_worker import NO_COPIES


def copy_findings(settings: Storage) -> Iterator[Finding]:
    """Say if copies could not be written, or are not made by Clapper at all."""
    if settings.is_server:
        yield note(NO_COPIES)
    elif settings.backup_every_h:
        yield from folder_findings(settings.backup_dir, "storage.backup_dir")
