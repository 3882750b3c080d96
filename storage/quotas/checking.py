"""Adds all sums up again, and reports where the stored ones differ.

Reads all jobs and the whole ledger, also while the bot runs. Each check is one
statement, so that it sees what the bot writes meanwhile as a whole or not at all.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from bot.jobs.states import OPEN_STATES, JobState
from storage.database.engine import Database
from storage.tables.jobs import CHARGED, PRICE, state_among

_ENDED = state_among(set(JobState) - OPEN_STATES)
_MONTH = {
    "sqlite": "CAST(strftime('%s', requested_at / 1000000, 'unixepoch',"
    " 'start of month') AS INTEGER) * 1000000",
    "postgresql": "CAST(extract(epoch FROM date_trunc('month',"
    " to_timestamp(requested_at / 1000000) AT TIME ZONE 'UTC')) AS bigint) * 1000000",
}
_COUNTS = f"""
    SELECT count(*) FROM (
        SELECT state FROM (
            SELECT state, jobs FROM job_counts
            UNION ALL SELECT state, jobs FROM job_changes WHERE state IS NOT NULL
            UNION ALL SELECT state, -count(*) FROM jobs WHERE {_ENDED} GROUP BY state
        ) AS together GROUP BY state HAVING sum(jobs) <> 0
    ) AS wrong
"""  # noqa: S608 - our own words
_OF_SERVERS = f"""
    SELECT guild_id, month, price, charged, jobs
    FROM month_prices WHERE guild_id {{which}}
    UNION ALL SELECT {{guild}}, month, price, charged, jobs
    FROM job_changes WHERE price IS NOT NULL
    UNION ALL SELECT {{guild}}, {{month}} AS month, {PRICE} AS price,
    {CHARGED} AS charged, -1 FROM jobs WHERE {PRICE} IS NOT NULL
"""  # noqa: S608 - our own words
_DAY = "requested_at - requested_at % 86400000000"
_DAY_COUNTS = f"""
    SELECT count(*) FROM (
        SELECT day FROM (
            SELECT day, state, jobs FROM day_counts
            UNION ALL SELECT day, state, jobs FROM job_changes
            WHERE day IS NOT NULL AND state IS NOT NULL
            UNION ALL SELECT {_DAY} AS day, state, -1 FROM jobs WHERE {_ENDED}
        ) AS together GROUP BY day, state HAVING sum(jobs) <> 0
    ) AS wrong
"""  # noqa: S608 - our own words
_DAY_PRICES = f"""
    SELECT count(*) FROM (
        SELECT day FROM (
            SELECT day, charged, jobs FROM day_prices
            UNION ALL SELECT day, charged, jobs FROM job_changes
            WHERE day IS NOT NULL AND price IS NOT NULL
            UNION ALL SELECT {_DAY} AS day, {CHARGED} AS charged, -1
            FROM jobs WHERE {PRICE} IS NOT NULL
        ) AS together GROUP BY day, charged HAVING sum(jobs) <> 0
    ) AS wrong
"""  # noqa: S608 - our own words
_PRICES = """
    SELECT count(*) FROM (
        SELECT guild_id FROM ({together}) AS together
        GROUP BY guild_id, month, price, charged HAVING sum(jobs) <> 0
    ) AS wrong
"""
_OPEN_RESERVATIONS = f"""
    SELECT count(*) FROM jobs JOIN ledger AS reserved
    ON reserved.job_id = jobs.id AND reserved.kind = 'reserve'
    WHERE {_ENDED} AND NOT EXISTS (
        SELECT 1 FROM ledger AS closing
        WHERE closing.job_id = jobs.id AND closing.kind IN ('settle', 'release')
    )
"""  # noqa: S608 - our own words
_MISCOUNTED = """
    SELECT count(*) FROM (
        SELECT job_id FROM ledger WHERE job_id IS NOT NULL
        GROUP BY job_id HAVING sum(videos) NOT IN (0, 1)
    ) AS wrong
"""
_OTHER_ESTIMATES = """
    SELECT count(*) FROM ledger JOIN jobs ON jobs.id = ledger.job_id
    WHERE ledger.kind = 'reserve' AND ledger.credits IS NOT NULL
    AND (jobs.credits_estimated IS NULL OR jobs.credits_estimated <> ledger.credits)
"""


def _statements(dialect: str) -> Mapping[str, str]:
    def prices(which: str, guild: str) -> str:
        together = _OF_SERVERS.format(which=which, guild=guild, month=_MONTH[dialect])
        return _PRICES.format(together=together)

    return {
        "counts of ended jobs": _COUNTS,
        "prices of servers' months": prices("<> 0", "guild_id"),
        "prices of all servers' months": prices("= 0", "0"),
        "ended jobs of days": _DAY_COUNTS,
        "charges of days": _DAY_PRICES,
        "ended jobs with an open reservation": _OPEN_RESERVATIONS,
        "jobs that count more than once or less than never": _MISCOUNTED,
        "reservations at another estimate than their job's": _OTHER_ESTIMATES,
    }


async def wrong_sums(database: Database) -> Mapping[str, int]:
    """Return what is kept wrongly, each with how often; empty if all is right."""

    def work(connection: Connection) -> Mapping[str, int]:
        found = {
            name: int(connection.scalar(text(statement)) or 0)
            for name, statement in _statements(connection.dialect.name).items()
        }
        return {name: number for name, number in found.items() if number}

    return await database.read(work)
