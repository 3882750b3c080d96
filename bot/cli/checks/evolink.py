"""Whether EvoLink takes the key, and what may be spent with it."""

from collections.abc import AsyncIterator

from bot.cli.checks.balance import balance_findings
from bot.cli.checks.finding import Finding, bad, ended, good, note
from bot.cli.checks.network import unreached
from bot.clock import SystemClock
from bot.config import Config
from bot.counting import uncounted
from bot.errors import AccountRefused, EvolinkError
from bot.evolink.client import EvolinkClient
from bot.evolink.session import open_session
from bot.plain_numbers import plain, plural


async def evolink_findings(config: Config) -> AsyncIterator[Finding]:
    """Yield whether the key is good, and a warning if the balance is nearly used up.

    Reading the balance costs nothing.
    """
    settings = config.evolink
    async with open_session() as session:
        client = EvolinkClient(
            session,
            base_url=settings.base_url,
            api_key=settings.api_key,
            count=uncounted,
        )
        try:
            balance = await client.credits()
        except AccountRefused as error:
            if error.is_of_the_key:
                yield bad(f"EvoLink refuses the API key (evolink.api_key): {error}.")
            else:
                yield bad(f"EvoLink refuses the account: {error}.")
        except EvolinkError as error:
            reason = unreached(error)
            if reason is None:
                reason = f"cannot be asked: {error}"
            yield bad(f"EvoLink {ended(reason)}")
        else:
            spendable = plural(balance.spendable, "credit")
            yield good(f"EvoLink accepts the key; {spendable} may be spent.")
            async for finding in _spendable_findings(config, balance.spendable):
                yield finding


async def _spendable_findings(
    config: Config, spendable: float
) -> AsyncIterator[Finding]:
    reserve = config.quotas.credit_reserve
    if spendable <= 0:
        yield note("No video can be made without credits: add some at EvoLink.")
    elif spendable < reserve:
        yield note(
            "No video can be made while the balance is below quotas.credit_reserve"
            f" ({plain(reserve)}): add credits at EvoLink, or lower the reserve."
        )
    else:
        now = SystemClock().now()
        async for finding in balance_findings(config.storage.url, spendable, now):
            yield finding
