"""The operator's page: what it gathers, how it is drawn, and who may see it."""

import platform
from importlib.metadata import version

from bot import __version__
from bot.config import Config
from bot.config.addresses import is_loopback, listen_address
from bot.operations.overview.overview import Overviews
from bot.operations.overview.values import Ceilings, OperatorEvent, Versions
from bot.processes.names import process_name
from bot.texts.texts import DEFAULT_LOCALE, Texts
from bot.web.page.access import Rules
from bot.web.page.drawing import Drawing
from bot.web.page.endpoint import PageEndpoint
from bot.web.page.sessions import Sessions, Tries
from bot.wiring.core import Core
from bot.wiring.operations import OperationsParts
from cogs.bot import ClapperBot
from cogs.wire.operator_channel import plain_operator_words
from storage.database.address import Address
from storage.operations.pauses import SqlPauses
from storage.operations.told_outages import SqlToldOutages
from storage.overview.store import SqlOverview


def join_page(
    core: Core, bot: ClapperBot, texts: Texts, operations: OperationsParts
) -> PageEndpoint:
    """Return the page of this process."""
    config, database = core.config, core.database
    name = process_name()
    overviews = Overviews(
        SqlOverview(
            database,
            pauses=SqlPauses(database),
            outages=SqlToldOutages(database),
            is_server=Address.parse(config.storage.url).file is None,
            name=name,
        ),
        core.health,
        operations.events,
        operations.free_space,
        core.clock,
        balance=operations.account.balance,
        copies=operations.copies,
        ceilings=Ceilings(
            total_credits_per_month=config.quotas.total_credits_per_month,
            credit_reserve=config.quotas.credit_reserve,
            max_active_tasks=config.evolink.max_active_tasks,
        ),
        versions=Versions(
            clapper=__version__,
            python=platform.python_version(),
            discord_py=version("discord.py"),
        ),
        process=name,
    )

    def sentence(event: OperatorEvent) -> str:
        return plain_operator_words(texts, DEFAULT_LOCALE, event.event, event.values)

    token = config.http.page_token
    return PageEndpoint(
        overviews.gather,
        Drawing(server_name=bot.server_name, sentence=sentence),
        rules=_rules(config),
        token=None if token is None else token.get_secret_value(),
        sessions=Sessions(core.clock),
        tries=Tries(core.clock),
    )


def _rules(config: Config) -> Rules:
    listen = config.http.listen
    return Rules(
        has_token=config.http.page_token is not None,
        listens_on_loopback=listen != "" and is_loopback(listen_address(listen)[0]),
        public_url=config.http.public_url,
    )
