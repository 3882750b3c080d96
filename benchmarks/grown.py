"""A year of finished jobs, put into a database as fast as SQLite takes them."""

# ruff: noqa: S608 - the numbers are our own

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from storage.database.engine import Database
from storage.sums.store import add_changes

SERVERS = 2_000
MEMBERS = 50_000
FIRST_SERVER = 7_000
FIRST_MEMBER = 100_000
YEAR_US = 365 * 24 * 3600 * 1_000_000
PROMPTS_KEPT_US = 90 * 24 * 3600 * 1_000_000
PORTION = 50_000
_CHANGES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How much there is, and of whom there is most."""

    jobs: int
    largest_server: int
    """A tenth of all jobs are its."""
    heavy_member: int
    """A fifth of those are theirs."""
    now: datetime


async def put_history(database: Database, shape: Shape) -> None:
    """Add the jobs and all that belongs to them, the newest first."""
    for first in range(1, shape.jobs + 1, PORTION):
        last = min(first + PORTION - 1, shape.jobs)
        for statement in _statements(shape, first, last):
            await database.write(
                lambda connection, sql=statement: connection.execute(text(sql))  # type: ignore[misc]
            )
        while await database.write(
            lambda connection: add_changes(connection, _CHANGES)
        ):
            """There is more."""


def _statements(shape: Shape, first: int, last: int) -> tuple[str, ...]:
    now_us = int(shape.now.timestamp() * 1_000_000)
    numbers = (
        f"WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL"
        f" SELECT n + 1 FROM numbers WHERE n < {last}) "
    )
    server = (
        f"CASE WHEN n % 10 = 0 THEN {shape.largest_server}"
        f" ELSE {FIRST_SERVER} + n * 7919 % {SERVERS} END"
    )
    member = (
        f"CASE WHEN n % 50 = 0 THEN {shape.heavy_member}"
        f" ELSE {FIRST_MEMBER} + n * 104729 % {MEMBERS} END"
    )
    at = f"{now_us} - n * {YEAR_US // shape.jobs}"
    state = "CASE WHEN n % 20 = 7 THEN 'failed' ELSE 'delivered' END"
    prompt = (
        f"CASE WHEN n * {YEAR_US // shape.jobs} < {PROMPTS_KEPT_US}"
        " THEN 'a fox that dances on the roof of number ' || n ELSE '' END"
    )
    ledger = (
        "INSERT INTO ledger (guild_id, user_id, job_id, kind, videos, own_videos,"
        f" grants, credits, counted_at, at) {numbers} SELECT {server}, {member},"
        " 'old' || n,"
    )
    return (
        (
            "INSERT INTO jobs (id, guild_id, channel_id, user_id, locale, prompt, mode,"
            " duration_s, aspect, model, interaction_id, application_id, requested_at,"
            " state, state_since, status_message_id, submit_attempts, task_id,"
            " accepted_at, progress, progress_step, polls, misses, done_at, late,"
            " delivery_attempts, clip_message_id, notice_attempts, credits_reserved,"
            " credits_used)"
            f" {numbers} SELECT 'old' || n, {server}, 1, {member}, 'de', {prompt},"
            f" 'normal', 6, '16:9', 'grok-imagine-text-to-video', n, 1, {at}, {state},"
            f" {at}, n, 1, 'task-old-' || n, {at}, 100, 0, 3, 0, {at}, 0, 1, n, 0, 5.0,"
            " 5.0 FROM numbers"
        ),
        f"{ledger} 'reserve', 1, 1, 0, NULL, {at}, {at} FROM numbers",
        (
            f"{ledger} CASE WHEN n % 20 = 7 THEN 'release' ELSE 'settle' END,"
            " CASE WHEN n % 20 = 7 THEN -1 ELSE 0 END,"
            f" CASE WHEN n % 20 = 7 THEN -1 ELSE 0 END, 0, 5.0, {at}, {at} FROM numbers"
        ),
        (
            f"INSERT INTO audit (guild_id, actor_id, at, action, subject) {numbers}"
            f" SELECT {server}, {member}, {at}, 'quota.timezone', 'server' FROM numbers"
            " WHERE n % 20 = 0"
        ),
        (
            "INSERT INTO reports (id, guild_id, job_id, reporter_id, reason, at, state)"
            f" {numbers} SELECT 'r' || n, {server}, 'old' || n, {member}, '', {at},"
            " 'dismissed' FROM numbers WHERE n % 50 = 0"
        ),
    )
