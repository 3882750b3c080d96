"""Years of finished jobs, put there at once and without ANALYZE, as in production."""

# ruff: noqa: S608, ISC004 - the numbers are our own, and statements are long

from sqlalchemy import Connection, text

from storage.database.engine import Database

JOBS = 20_000
MEMBERS = 500
SERVERS = 20
FIRST_SERVER = 5_000
FIRST_MEMBER = 9_000
DAY_US = 24 * 3600 * 1_000_000

_NUMBERS = (
    "WITH RECURSIVE numbers(n) AS"
    f" (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {JOBS}) "
)
_SERVER = f"{FIRST_SERVER} + n % {SERVERS}"
_MEMBER = f"{FIRST_MEMBER} + n % {MEMBERS}"
_AT = f":newest_us - n * {DAY_US // 200}"
_PUT = (
    "INSERT INTO jobs (id, guild_id, channel_id, user_id, locale, prompt, mode,"
    " duration_s, aspect, model, interaction_id, application_id, requested_at, state,"
    " state_since, submit_attempts, progress, progress_step, polls, misses, late,"
    " delivery_attempts, notice_attempts, credits_used)"
    f" {_NUMBERS} SELECT 'old' || n, {_SERVER}, 1, {_MEMBER}, 'de', 'a fox', 'normal',"
    f" 6, '16:9', 'm', n, 1, {_AT}, 'delivered', {_AT}, 1, 100, 0, 3, 0, 0, 1, 0, 5.0"
    " FROM numbers",
    "INSERT INTO ledger (guild_id, user_id, job_id, kind, videos, own_videos, grants,"
    f" counted_at, at) {_NUMBERS} SELECT {_SERVER}, {_MEMBER}, 'old' || n, 'reserve',"
    f" 1, 1, 0, {_AT}, {_AT} FROM numbers",
    "INSERT INTO ledger (guild_id, user_id, job_id, kind, videos, own_videos, grants,"
    f" counted_at, at) {_NUMBERS} SELECT {_SERVER}, {_MEMBER}, 'old' || n, 'settle',"
    f" 0, 0, 0, {_AT}, {_AT} FROM numbers",
    f"INSERT INTO audit (guild_id, actor_id, at, action, subject) {_NUMBERS}"
    f" SELECT {_SERVER}, {_MEMBER}, {_AT}, 'quota.zone', 'server' FROM numbers",
    "INSERT INTO reports (id, guild_id, job_id, reporter_id, reason, at, state)"
    f" {_NUMBERS} SELECT 'r' || n, {_SERVER}, 'old' || n, {_MEMBER}, 'bad', {_AT},"
    " 'open' FROM numbers",
)


async def put_history(database: Database, newest_us: int) -> None:
    """Add delivered jobs, 200 a day up to that time, with all that belongs to them."""

    def work(connection: Connection) -> None:
        for statement in _PUT:
            connection.execute(text(statement), {"newest_us": newest_us})

    await database.write(work)
