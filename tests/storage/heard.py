"""A listener for tests of what a store tells."""

from collections.abc import Collection

from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState


class Heard:
    """Implements `JobListener` by remembering."""

    def __init__(self) -> None:
        self.moves: list[tuple[frozenset[JobState], JobState]] = []
        self.changes: list[JobChanges] = []

    def moved(self, old: Collection[JobState], job: Job, changes: JobChanges) -> None:
        self.moves.append((frozenset(old), job.state))
        self.changes.append(changes)

    def changed(self, changes: Collection[JobChanges]) -> None:
        self.changes.extend(changes)
