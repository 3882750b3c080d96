"""Operations: the account at EvoLink, the operator's messages, and the watches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.config import Config
from bot.ids import ChannelId
from bot.jobs.due import Due
from bot.operations.account import AccountGate
from bot.operations.account_watch import AccountWatch
from bot.operations.backup_worker import NO_COPIES, BackupWorker
from bot.operations.buffered_outbox import BufferedOutbox
from bot.operations.clock_watch import ClockWatch
from bot.operations.free_space import FreeSpace
from bot.operations.intake_pause import IntakePause
from bot.operations.operator import LoggedOperator
from bot.operations.operator_desk import OperatorDesk
from bot.operations.outage_watch import OutageWatch
from bot.operations.overview.events import EventHistory
from bot.operations.overview.values import Copies
from bot.operations.ports import Balances, Operator, SeenBalance
from bot.operations.storage_watch import ONLY, StorageWatch
from bot.pipeline.wakeups import Rows
from bot.processes.names import process_name
from bot.processes.seats import Seat
from bot.texts.texts import Texts
from bot.wiring.core import Core
from bot.wiring.feature import Feature
from bot.workers.worker import Worker
from cogs.bot import ClapperBot
from cogs.wire.operator_channel import DiscordOperatorChannel
from storage.database.address import Address
from storage.database.copies import FileCopies
from storage.operations.events import SqlEvents
from storage.operations.outbox import SqlOutbox
from storage.operations.pauses import SqlPauses
from storage.operations.told_outages import SqlToldOutages

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountParts:
    """The account at EvoLink, and what reads its balance."""

    gate: AccountGate
    watch: AccountWatch
    pause: IntakePause
    """What the gate says, for all processes."""
    balance: Callable[[], SeenBalance | None]
    """What the account can pay; None = it was not read, or another process reads it."""
    intake_paused: Callable[[], bool]
    """Whether EvoLink takes no paid requests; False = it does, or another process looks
    after the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsParts:
    """What others need of operations."""

    operator: Operator
    account: AccountParts
    events: EventHistory
    """The latest of what the operator was told."""
    copies: Callable[[], Copies | None]
    """The automatic copies of the database; None = none are made."""
    free_space: FreeSpace
    """Where this process writes."""
    feature: Feature


def join_account(core: Core, evolink: Balances, operator: Operator) -> AccountParts:
    """Return the account, which is still to recall how it was left."""
    pauses, processes = SqlPauses(core.database), core.processes

    def has_seat() -> bool:
        return processes.holds(Seat.EVOLINK)

    gate = AccountGate(
        evolink,
        operator,
        core.clock,
        pauses,
        reserve=core.config.quotas.credit_reserve,
        model=core.config.evolink.offered[0],
        pause=None,
        has_seat=has_seat,
    )
    watch = AccountWatch(
        gate, balance=core.limits.balance, resumed=lambda: core.wakeups.wake(Due.SUBMIT)
    )

    def is_ours() -> bool:
        return processes.living == 1 and has_seat() and gate.has_recalled

    def balance() -> SeenBalance | None:
        # What was read when the seat was ours grows old.
        return gate.balance if has_seat() else None

    def intake_paused() -> bool:
        return has_seat() and not gate.is_open

    pause = IntakePause(gate, pauses, core.clock, is_ours=is_ours)
    return AccountParts(
        gate=gate,
        watch=watch,
        pause=pause,
        balance=balance,
        intake_paused=intake_paused,
    )


def join_operations(
    core: Core, bot: ClapperBot, texts: Texts, evolink: Balances
) -> OperationsParts:
    """Return what tells the operator, and what finds out what there is to tell."""
    clock, database, metrics = core.clock, core.database, core.metrics
    name = process_name()
    events = EventHistory(SqlEvents(database))
    operator, desk = _join_operator(core, bot, texts, events)
    account = join_account(core, evolink, operator)
    backups = _join_backups(core, operator)
    return OperationsParts(
        operator=operator,
        account=account,
        events=events,
        copies=lambda: None if backups is None else backups.seen,
        free_space=FreeSpace(_folders(core.config)),
        feature=Feature(
            cogs=[],
            slash_commands=[],
            routes=[],
            workers=[
                account.watch,
                OutageWatch(
                    lambda: metrics.outage_since,
                    lambda: core.health.polled_at,
                    SqlToldOutages(database),
                    operator,
                    clock,
                    is_alone=lambda: core.processes.living == 1,
                ),
                StorageWatch(
                    lambda: database.condition.fault,
                    database.probe,
                    operator,
                    clock,
                    name=lambda: ONLY if core.processes.living == 1 else name,
                ),
                ClockWatch(core.processes, operator, name=name),
                *([] if backups is None else [backups]),
                *desk,
            ],
        ),
    )


def _join_backups(core: Core, operator: Operator) -> BackupWorker | None:
    """Return what copies the database; None for a server, or where it is off."""
    storage = core.config.storage
    file = Address.parse(storage.url).file
    if file is None:
        log.info(NO_COPIES)
        return None
    if not storage.backup_every_h:
        return None
    core.metrics.backs_up_every(storage.backup_every_h * 3600)
    return BackupWorker(
        FileCopies(file, storage.backup_dir, keep=storage.backup_keep),
        operator,
        core.clock,
        every_h=storage.backup_every_h,
        made=core.metrics.backed_up,
    )


def _folders(config: Config) -> Mapping[str, Path]:
    """Return where this process writes, by what to call it."""
    file = Address.parse(config.storage.url).file
    folders = {"spool": config.storage.spool_dir}
    return folders if file is None else {"database": file.parent, **folders}


def _join_operator(
    core: Core, bot: ClapperBot, texts: Texts, events: EventHistory
) -> tuple[LoggedOperator, list[Worker]]:
    """Return what tells the operator, and the desk of its channel if there is one."""
    channel_id = core.config.operator.channel_id
    if channel_id is None:
        # Where nobody would post it, nothing is kept.
        return LoggedOperator(
            outbox=None,
            history=events,
            clock=core.clock,
            heard=core.metrics.told_operator,
            kept=lambda: None,
        ), []
    outbox = BufferedOutbox(
        SqlOutbox(core.database), is_alone=lambda: core.processes.living == 1
    )
    desk = OperatorDesk(
        outbox,
        DiscordOperatorChannel(bot.wire, bot.servers, texts, channel_id),
        core.clock,
        messages=core.limits.messages,
        channel_id=ChannelId(channel_id),
    )
    core.wakeups.connect(Rows.OPERATOR_MESSAGES, desk)
    return LoggedOperator(
        outbox=outbox,
        history=events,
        clock=core.clock,
        heard=core.metrics.told_operator,
        kept=desk.wake,
    ), [desk]
