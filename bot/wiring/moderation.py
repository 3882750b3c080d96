"""Moderation: what may be made, blocks, review, reports, and the log of all that."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.delivery.spool import Spool
from bot.ids import ChannelId
from bot.models.offer import Offer
from bot.moderation.administration import Moderation
from bot.moderation.blocks import Blocks
from bot.moderation.card_worker import PAUSE_S, Cards
from bot.moderation.guild_log import GuildLog
from bot.moderation.history import History
from bot.moderation.model_settings import ModelSettings
from bot.moderation.ports import ChannelView, ModerationStore
from bot.moderation.posting_policy import PostingPolicy
from bot.moderation.prompt_check import PromptCheck
from bot.moderation.records import WordRule
from bot.moderation.reports import Reports
from bot.moderation.review import Review, ReviewClock
from bot.pipeline.wakeups import Rows
from bot.requests.moderation_gate import ModerationGate
from bot.requests.server_offers import ServerOffers
from bot.texts.texts import Texts
from bot.wiring.core import Core
from bot.wiring.feature import Feature
from bot.workers.job_worker import IDLE_S
from cogs.bot import ClapperBot
from cogs.moderation.commands import ModerationCommands
from cogs.moderation.report import ReportButton, report_menu
from cogs.moderation.review import CardButtons
from cogs.wire.channels import DiscordChannels
from cogs.wire.moderator_board import DiscordCardBoard
from cogs.wire.pictures import DiscordPictures
from storage.database.address import Address
from storage.moderation.audit_trail import SqlAuditTrail
from storage.moderation.cards import SqlCardStore
from storage.moderation.guild_logs import SqlGuildLogs
from storage.moderation.reports import SqlReportStore
from storage.moderation.store import SqlModerationStore
from storage.requests.reviews import SqlReviewStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationParts:
    """What others need of moderation."""

    gate: ModerationGate
    """What requests are held against."""
    posting_policy: PostingPolicy
    """What clips are held against before they are posted."""
    reports: Reports
    settings: ModerationStore
    """What each server has set."""
    offers: ServerOffers
    """What each server uses of the operator's models."""
    channels: ChannelView
    """What Discord says of channels."""
    feature: Feature


def join_moderation(  # noqa: PLR0913 - each a collaborator of its own
    core: Core,
    bot: ClapperBot,
    texts: Texts,
    *,
    spool: Spool,
    pictures: DiscordPictures,
    word_rules: Sequence[WordRule],
    offer: Offer,
) -> ModerationParts:
    """Return all that moderators can do, and what brings it before them.

    `word_rules` and `offer` are the operator's, for all servers.
    """
    jobs, clock, database = core.jobs, core.clock, core.database
    # A server notifies of what becomes due.
    is_file = Address.parse(core.config.storage.url).file is not None
    idle_s = PAUSE_S if is_file else IDLE_S
    settings = SqlModerationStore(database)
    report_store = SqlReportStore(database)
    trail = SqlAuditTrail(database)
    channels = DiscordChannels(bot.wire, bot.servers)
    board = DiscordCardBoard(bot.wire, bot.servers, texts, pictures)
    blocks = Blocks(settings, clock)
    review = Review(
        jobs, SqlReviewStore(database, listener=core.wakeups), blocks, clock
    )
    operator_channel = core.config.operator.channel_id
    reports = Reports(
        jobs,
        report_store,
        blocks,
        clock,
        discard_clip=spool.discard,
        operator_channel_id=None
        if operator_channel is None
        else ChannelId(operator_channel),
    )
    cards = Cards(
        SqlCardStore(database),
        jobs,
        report_store,
        board,
        channels,
        clock,
        messages=core.limits.messages,
        idle_s=idle_s,
    )
    guild_log = GuildLog(
        SqlGuildLogs(database),
        jobs,
        board,
        channels,
        clock,
        messages=core.limits.messages,
        idle_s=idle_s,
    )
    core.wakeups.connect(Rows.CARDS, cards)
    core.wakeups.connect(Rows.GUILD_LOGS, guild_log)
    commands = ModerationCommands(
        Moderation(settings, clock),
        blocks,
        History(trail, clock),
        channels,
        texts,
        models=ModelSettings(settings, offer, clock),
        offer=offer,
    )
    card_buttons = CardButtons(review, reports, texts, cards_changed=cards.wake)
    report_button = ReportButton(reports, texts, cards_changed=cards.wake)
    return ModerationParts(
        gate=ModerationGate(PromptCheck(word_rules), channels),
        posting_policy=PostingPolicy(settings, channels),
        reports=reports,
        settings=settings,
        offers=ServerOffers(offer, settings),
        channels=channels,
        feature=Feature(
            cogs=[commands],
            slash_commands=[report_menu(report_button)],
            routes=[commands.routes(), card_buttons.routes(), report_button.routes()],
            workers=[cards, guild_log, ReviewClock(review)],
        ),
    )
