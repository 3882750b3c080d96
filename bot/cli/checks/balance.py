"""For how long the balance lasts, by what was used in the last days."""

from collections.abc import AsyncIterator
from datetime import datetime

from bot.cli.checks.finding import Finding, note
from bot.errors import StartupError, StorageError
from bot.operations.overview.spending import (
    LOW_BELOW_DAYS,
    average_of,
    credits_per_day,
    lasts_days,
    rate_days,
)
from bot.plain_numbers import days_left, plain
from storage.database import schema
from storage.database.engine import Database
from storage.overview.days import days_since, first_day
from storage.overview.store import DAYS


async def balance_findings(
    url: str, balance: float, now: datetime
) -> AsyncIterator[Finding]:
    """Yield a warning if the credits of an account last for less than a week.

    Says nothing where the database at `url` cannot tell what is used: it has a finding
    of its own.
    """
    try:
        if await schema.current(url) != schema.newest():
            return
        async with Database.open(url, may_write=None) as database:
            days = await database.read(
                lambda connection: days_since(connection, first_day(now, DAYS))
            )
    except (StartupError, StorageError):
        return
    per_day = credits_per_day(now, days)
    lasts = lasts_days(balance, per_day)
    if lasts is not None and lasts < LOW_BELOW_DAYS:
        yield note(
            f"The balance lasts {days_left(lasts)} at the present rate"
            f" ({plain(per_day)} credits a day,"
            f" {average_of(rate_days(now, days))}): add credits at EvoLink."
        )
