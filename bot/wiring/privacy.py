"""Privacy: what people can ask about their own data, and for how long data is kept."""

from dataclasses import dataclass

from bot.privacy.own_data import Privacy
from bot.privacy.ports import Memberships, RetentionStore
from bot.privacy.retention import Retention
from bot.texts.texts import Texts
from bot.wiring.core import Core
from bot.wiring.feature import Feature
from bot.wiring.rules import retention_policy
from cogs.servers.privacy import PrivacyCommands
from storage.privacy.retention import SqlRetentionStore
from storage.privacy.store import SqlPrivacyStore
from storage.quotas.resets import SqlResets


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyParts:
    """What others need of privacy."""

    retention: RetentionStore
    """Is told which servers the bot is in, and which it has left."""
    feature: Feature


def join_privacy(core: Core, texts: Texts, memberships: Memberships) -> PrivacyParts:
    """Return `/privacy`, and what erases data in time."""
    retention = SqlRetentionStore(core.database)
    store = SqlPrivacyStore(core.database)
    own_data = Privacy(store, core.clock)
    commands = PrivacyCommands(own_data, texts)
    return PrivacyParts(
        retention=retention,
        feature=Feature(
            cogs=[commands],
            slash_commands=[],
            routes=[commands.routes()],
            workers=[
                Retention(
                    retention,
                    core.clock,
                    retention_policy(core.config),
                    memberships=memberships,
                    unfinished=[store, SqlResets(core.database)],
                )
            ],
        ),
    )
