"""What is found out before Clapper begins: is the key one that EvoLink takes?"""

import structlog

from bot.errors import AccountRefused, EvolinkError, StartupError
from bot.operations.ports import Balances

log = structlog.get_logger(__name__)


async def check_key(evolink: Balances) -> None:
    """Ask EvoLink for the balance, which costs nothing.

    An empty account or an outage is no reason not to start: both end by themselves.

    Raises:
        StartupError: If EvoLink refuses the key.
    """
    try:
        balance = await evolink.credits()
    except AccountRefused as error:
        if error.is_of_the_key:
            msg = (
                "EvoLink refuses the API key: set evolink.api_key"
                " (CLAPPER_EVOLINK__API_KEY) to one that is valid."
            )
            raise StartupError(msg) from error
        log.warning("balance check refused", error=str(error))
    except EvolinkError as error:
        log.warning("balance check failed", error=str(error))
    else:
        log.info("evolink account checked", credits=balance.spendable)
