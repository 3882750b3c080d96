"""Years of finished jobs, put there at once and without ANALYZE, as in production."""

# ruff: noqa: S608, ISC004 - the numbers are our own, and statements are long

from sqlalchemy import Connection, text

from storage.database.engine import Database
from storage.sums.store import add_changes

JOBS = 20_000
MEMBERS = 500
SERVERS = 20
FIRST_SERVER = 5_000
FIRST_MEMBER = 9_000
DAY_US = 24 * 3600 * 1_000_000


def _statements(jobs: int, servers: int, members: int) -> tuple[str, ...]:
    """Return what inserts the rows, in words that both databases know."""
    numbers = (
        "WITH RECURSIVE numbers(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1"
        f" FROM numbers WHERE n < {jobs}) "
    )
    server = f"{FIRST_SERVER} + n % {servers}"
    member = f"{FIRST_MEMBER} + n % {members}"
    at = f"CAST(:newest_us AS BIGINT) - n * {DAY_US // 200}"
    ledger = (
        "INSERT INTO ledger (guild_id, user_id, job_id, kind, videos, own_videos,"
        f" grants, counted_at, at) {numbers} SELECT {server}, {member}, 'old' || n,"
    )
    return (
        "INSERT INTO jobs (id, guild_id, channel_id, user_id, locale, prompt, mode,"
        " duration_s, aspect, model, interaction_id, application_id, requested_at,"
        " state, state_since, submit_attempts, progress, progress_step, polls, misses,"
        " late, delivery_attempts, notice_attempts, credits_used)"
        f" {numbers} SELECT 'old' || n, {server}, 1, {member}, 'de', 'a fox', 'normal',"
        f" 6, '16:9', 'm', n, 1, {at}, 'delivered', {at}, 1, 100, 0, 3, 0, 0, 1, 0,"
        " 5.0 FROM numbers",
        f"{ledger} 'reserve', 1, 1, 0, {at}, {at} FROM numbers",
        f"{ledger} 'settle', 0, 0, 0, {at}, {at} FROM numbers",
        f"INSERT INTO audit (guild_id, actor_id, at, action, subject) {numbers}"
        f" SELECT {server}, {member}, {at}, 'quota.zone', 'server' FROM numbers",
        "INSERT INTO reports (id, guild_id, job_id, reporter_id, reason, at, state)"
        f" {numbers} SELECT 'r' || n, {server}, 'old' || n, {member}, 'bad', {at},"
        " 'open' FROM numbers",
    )


async def put_history(
    database: Database,
    newest_us: int,
    *,
    jobs: int = JOBS,
    servers: int = SERVERS,
    members: int = MEMBERS,
) -> None:
    """Add delivered jobs, 200 a day up to that time, with all that belongs to them."""

    def work(connection: Connection) -> None:
        for statement in _statements(jobs, servers, members):
            connection.execute(text(statement), {"newest_us": newest_us})

    await database.write(work)
    while await database.write(lambda connection: add_changes(connection, jobs)):
        """There is more."""
