"""Quotas: how much members and servers may make."""

from dataclasses import dataclass

from bot.operations.ports import Operator
from bot.operations.spend_watch import SpendWatch
from bot.operations.sums import Sums
from bot.quotas.administration import Quotas
from bot.quotas.clip_prices import ClipPrices
from bot.quotas.status import QuotaStatuses
from bot.texts.texts import Texts
from bot.wiring.core import Core
from bot.wiring.feature import Feature
from bot.wiring.rules import quota_rules
from cogs.bot import ClapperBot
from cogs.quotas.commands import Quota
from cogs.quotas.credits_menu import credits_menu
from cogs.quotas.report import QuotaReportAnswer
from cogs.quotas.usage import usage_command
from storage.quotas.price_settings import SqlPrices
from storage.quotas.spend_warnings import SqlSpendStore
from storage.quotas.store import SqlQuotaStore
from storage.sums.store import SqlSums


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaParts:
    """What others need of quotas."""

    usage: QuotaStatuses
    feature: Feature


def join_quotas(
    core: Core, bot: ClapperBot, texts: Texts, operator: Operator
) -> QuotaParts:
    """Return `/usage`, `/quota`, and what warns of a month's spending."""
    clock = core.clock
    rules = quota_rules(core.config.quotas)
    store = SqlQuotaStore(core.database, with_spending=rules.watch_spending)
    usage = QuotaStatuses(store, rules, clock)
    prices = SqlPrices(core.database)
    menu = credits_menu(ClipPrices(core.jobs, prices), texts)
    quotas = Quotas(store, prices, usage, rules.defaults, clock)
    quota = Quota(
        quotas, QuotaReportAnswer(quotas, texts, bot.wire), texts, bot.servers
    )
    spend_watch = SpendWatch(SqlSpendStore(core.database), rules, operator, clock)
    return QuotaParts(
        usage=usage,
        feature=Feature(
            cogs=[quota],
            slash_commands=[usage_command(usage, texts), menu],
            routes=[quota.routes()],
            workers=[spend_watch, Sums(SqlSums(core.database))],
        ),
    )
