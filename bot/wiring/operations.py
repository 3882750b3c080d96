"""Operations: the account at EvoLink, the operator's messages, and the watches."""

from dataclasses import dataclass

from bot.ids import ChannelId
from bot.jobs.due import Due
from bot.operations.account import AccountGate
from bot.operations.account_watch import AccountWatch
from bot.operations.buffered_outbox import BufferedOutbox
from bot.operations.operator import LoggedOperator
from bot.operations.operator_desk import OperatorDesk
from bot.operations.outage_watch import OutageWatch
from bot.operations.ports import Balances, Operator
from bot.operations.storage_watch import StorageWatch
from bot.pipeline.wakeups import Rows
from bot.texts.texts import Texts
from bot.wiring.core import Core
from bot.wiring.feature import Feature
from bot.workers.worker import Worker
from cogs.bot import ClapperBot
from cogs.wire.operator_channel import DiscordOperatorChannel
from storage.operations.outbox import SqlOutbox
from storage.operations.pauses import SqlPauses


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsParts:
    """What others need of operations."""

    operator: Operator
    account: AccountGate
    feature: Feature


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountParts:
    """The account at EvoLink, and what reads its balance."""

    gate: AccountGate
    watch: AccountWatch


async def join_account(
    core: Core, evolink: Balances, operator: Operator
) -> AccountParts:
    """Return the account as the process before this one left it."""
    pauses = SqlPauses(core.database)
    gate = AccountGate(
        evolink,
        operator,
        core.clock,
        pauses,
        reserve=core.config.quotas.credit_reserve,
        model=core.config.evolink.model,
        pause=await pauses.load(),
    )
    watch = AccountWatch(
        gate, balance=core.limits.balance, resumed=lambda: core.wakeups.wake(Due.SUBMIT)
    )
    return AccountParts(gate=gate, watch=watch)


async def join_operations(
    core: Core, bot: ClapperBot, texts: Texts, evolink: Balances
) -> OperationsParts:
    """Return what tells the operator, and what finds out what there is to tell."""
    clock, database, metrics = core.clock, core.database, core.metrics
    operator, desk = _join_operator(core, bot, texts)
    account = await join_account(core, evolink, operator)
    return OperationsParts(
        operator=operator,
        account=account.gate,
        feature=Feature(
            cogs=[],
            slash_commands=[],
            routes=[],
            workers=[
                account.watch,
                OutageWatch(lambda: metrics.outage_since, operator, clock),
                StorageWatch(
                    lambda: database.condition.fault, database.probe, operator, clock
                ),
                *desk,
            ],
        ),
    )


def _join_operator(
    core: Core, bot: ClapperBot, texts: Texts
) -> tuple[LoggedOperator, list[Worker]]:
    """Return what tells the operator, and the desk of its channel if there is one."""
    channel_id = core.config.operator.channel_id
    if channel_id is None:
        # Where nobody would post it, nothing is kept.
        return LoggedOperator(
            outbox=None,
            clock=core.clock,
            heard=core.metrics.told_operator,
            kept=lambda: None,
        ), []
    outbox = BufferedOutbox(SqlOutbox(core.database))
    desk = OperatorDesk(
        outbox,
        DiscordOperatorChannel(bot, bot.wire, texts, channel_id),
        core.clock,
        messages=core.limits.messages,
        channel_id=ChannelId(channel_id),
    )
    core.wakeups.connect(Rows.OPERATOR_MESSAGES, desk)
    return LoggedOperator(
        outbox=outbox,
        clock=core.clock,
        heard=core.metrics.told_operator,
        kept=desk.wake,
    ), [desk]
