"""The whole program, from what the application has opened."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.delivery.spool import Spool
from bot.media.clip_tools import ClipTools
from bot.moderation.records import WordRule
from bot.pictures.ports import Files
from bot.pictures.preparation import Preparation
from bot.pipeline.ports import Evolink, Fetcher
from bot.texts.texts import Texts
from bot.wiring.core import Core
from bot.wiring.moderation import join_moderation
from bot.wiring.operations import join_operations
from bot.wiring.page import join_page
from bot.wiring.pipeline import Outside, join_pipeline
from bot.wiring.privacy import join_privacy
from bot.wiring.quotas import join_quotas
from bot.wiring.requests import join_admission, join_continuing, join_requests
from bot.wiring.rules import offer_of
from bot.wiring.servers import join_servers
from bot.wiring.web import join_web
from bot.workers.worker import Worker
from cogs.bot import ClapperBot
from cogs.presses import Presses
from cogs.wire.messenger import DiscordMessenger
from cogs.wire.pictures import DiscordPictures
from storage.pictures.store import SqlPictures

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the application has opened, and closes again."""

    core: Core
    bot: ClapperBot
    """Without any feature, and not connected."""
    evolink: Evolink
    files: Files
    fetcher: Fetcher
    spool: Spool
    preparation: Preparation
    clip_tools: ClipTools | None
    """None = PyAV is not installed."""
    texts: Texts
    word_rules: Sequence[WordRule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What there is to run, beside the bot."""

    workers: Sequence[Worker]
    web: web.Application


async def join_program(opened: Opened) -> Program:
    """Give the bot its features, and return what else is to run."""
    core, bot, texts = opened.core, opened.bot, opened.texts
    operations = join_operations(core, bot, texts, opened.evolink)
    quotas = join_quotas(core, bot, texts, operations.operator)
    pictures = DiscordPictures(bot.wire, api_base=core.config.discord.api_base)
    kept_pictures = SqlPictures(core.database)
    offer = offer_of(core.config)
    moderation = join_moderation(
        core,
        bot,
        texts,
        spool=opened.spool,
        pictures=pictures,
        word_rules=opened.word_rules,
        offer=offer,
    )
    privacy = join_privacy(core, texts, bot.servers)
    admission = join_admission(core, moderation.gate)
    continuing = join_continuing(core, offer, moderation.offers, opened.clip_tools)
    requests = join_requests(
        core,
        bot,
        texts,
        offer=offer,
        offers=moderation.offers,
        continuing=continuing,
        preparation=opened.preparation,
        clip_tools=opened.clip_tools,
        pause=operations.account.pause,
        admission=admission,
        reports=moderation.reports,
        moderation=moderation.settings,
        pictures=pictures,
    )
    servers = join_servers(
        core,
        bot,
        texts,
        moderation=moderation,
        retention=privacy.retention,
        usage=quotas.usage,
    )
    upload_limit_mib = core.config.discord.upload_limit_mib
    pipeline = join_pipeline(
        core,
        Outside(
            evolink=opened.evolink,
            files=opened.files,
            fetcher=opened.fetcher,
            messenger=DiscordMessenger(
                bot.wire,
                bot.servers,
                texts,
                core.clock,
                pictures=kept_pictures,
                can_continue=continuing.can_continue,
                upload_limit_bytes=round(upload_limit_mib * MIB),
            ),
            spool=opened.spool,
            shrinker=opened.clip_tools,
        ),
        offer=offer,
        pictures=kept_pictures,
        operator=operations.operator,
        account=operations.account,
        admission=admission,
        gate=moderation.posting_policy,
    )
    features = [
        requests,
        quotas.feature,
        moderation.feature,
        privacy.feature,
        servers,
        operations.feature,
    ]
    for feature in features:
        for cog in feature.cogs:
            await bot.add_cog(cog)
        for command in feature.slash_commands:
            bot.tree.add_command(command)
    await bot.add_cog(Presses([table for one in features for table in one.routes]))
    return Program(
        workers=[
            *pipeline.workers,
            *(worker for one in features for worker in one.workers),
        ],
        web=join_web(
            core,
            pipeline.callbacks,
            join_page(core, bot, texts, operations),
            operations.free_space,
            balance=operations.account.balance,
            intake_paused=operations.account.intake_paused,
        ),
    )
