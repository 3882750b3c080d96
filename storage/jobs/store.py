"""All that is asked of jobs, on one database."""

from collections.abc import Callable

from bot.jobs.jobs import Job
from bot.jobs.store import JobListener
from storage.database.engine import Database
from storage.jobs.claims import SqlClaims
from storage.jobs.lookups import SqlJobLookups
from storage.jobs.steps import SqlJobSteps
from storage.jobs.work import SqlJobWork


class SqlJobStore(SqlJobLookups, SqlJobSteps, SqlJobWork, SqlClaims):
    """Implements `bot.jobs.store.JobStore`, each part where its class stands."""

    def __init__(
        self,
        database: Database,
        *,
        listener: JobListener | None,
        watcher: Callable[[Job], None] | None,
    ) -> None:
        SqlJobLookups.__init__(self, database)
        SqlJobSteps.__init__(self, database, listener=listener, watcher=watcher)
        SqlJobWork.__init__(self, database, listener=listener)
        SqlClaims.__init__(self, database, listener=listener, watcher=watcher)
