"""Requests: `/video` and all that members can do with their videos."""

from bot.media.clip_tools import ClipTools
from bot.models.offer import Offer
from bot.moderation.ports import ModerationStore
from bot.moderation.reports import Reports
from bot.operations.intake_pause import IntakePause
from bot.pictures.preparation import Preparation
from bot.quotas.estimates import Estimates
from bot.requests.admission import Admission
from bot.requests.cancelling import Cancelling
from bot.requests.clips import Clips
from bot.requests.continuing import Continuing
from bot.requests.intake import Intake
from bot.requests.listing import Listing
from bot.requests.member_settings import MemberSettings
from bot.requests.moderation_gate import ModerationGate
from bot.requests.picture_check import PictureCheck
from bot.requests.presets import Presets
from bot.requests.server_offers import ServerOffers
from bot.requests.video_orders import VideoOrders
from bot.texts.texts import Texts
from bot.wiring.core import Core
from bot.wiring.feature import Feature
from bot.wiring.rules import admission_rules
from cogs.bot import ClapperBot
from cogs.servers.member_settings import settings_commands
from cogs.servers.presets import preset_commands
from cogs.videos.animate import Animate, animate_menu
from cogs.videos.buttons import JobButtons
from cogs.videos.continue_button import ContinueButton
from cogs.videos.list_command import Videos
from cogs.videos.pending_pictures import PendingPictures
from cogs.videos.video_command import video_command
from cogs.wire.last_frames import LastFrames
from cogs.wire.pictures import DiscordPictures
from storage.quotas.bills import SqlBills
from storage.quotas.price_settings import SqlPrices
from storage.requests.admission import SqlAdmissionStore
from storage.requests.member_settings import SqlMemberSettings
from storage.requests.presets import SqlPresets


def join_admission(core: Core, gate: ModerationGate) -> Admission:
    """Return what decides on requests, by the operator's rules."""
    rules = admission_rules(core.config)
    store = SqlAdmissionStore(
        core.database,
        listener=core.wakeups,
        with_spending=rules.quotas.watch_spending,
    )
    return Admission(store, rules, gate, Estimates(SqlBills(core.database)))


def join_continuing(
    core: Core, offer: Offer, offers: ServerOffers, clip_tools: ClipTools | None
) -> Continuing:
    """Return what decides whether clips may be continued."""
    return Continuing(core.jobs, offer, offers, reads_frames=clip_tools is not None)


def join_requests(  # noqa: PLR0913 - each a collaborator of its own
    core: Core,
    bot: ClapperBot,
    texts: Texts,
    *,
    offer: Offer,
    offers: ServerOffers,
    continuing: Continuing,
    preparation: Preparation,
    clip_tools: ClipTools | None,
    pause: IntakePause,
    admission: Admission,
    reports: Reports,
    moderation: ModerationStore,
    pictures: DiscordPictures,
) -> Feature:
    """Return `/video`, `/videos`, `/settings`, `/preset` and the buttons of a job.

    `offer` is the operator's, `offers` those of servers; `moderation` is what each
    server has set.
    """
    jobs, clock = core.jobs, core.clock
    own_settings = SqlMemberSettings(core.database)
    kept = SqlPresets(core.database)
    intake = Intake(jobs, pause, admission, offers, clock, pictures=preparation)
    cancelling = Cancelling(jobs, clock)
    orders = VideoOrders(intake, own_settings, kept, offers)
    presets = Presets(kept, offers, clock)
    videos = Videos(Listing(jobs, SqlPrices(core.database)), cancelling, texts)
    clips = Clips(jobs, offers)
    job_buttons = JobButtons(
        intake,
        cancelling,
        clips,
        reports,
        texts,
        offers=offers,
        pictures=pictures,
        wire=bot.wire,
        servers=bot.servers,
    )
    check = PictureCheck(moderation)
    animate = Animate(
        orders,
        clips,
        check,
        PendingPictures(clock),
        pictures,
        texts,
        wire=bot.wire,
        servers=bot.servers,
    )
    continue_button = ContinueButton(
        intake,
        continuing,
        None
        if clip_tools is None
        else LastFrames(pictures, clip_tools, core.config.storage.spool_dir),
        check,
        texts,
        wire=bot.wire,
        servers=bot.servers,
    )
    return Feature(
        cogs=[videos],
        slash_commands=[
            video_command(
                orders,
                presets,
                offer,
                texts,
                pictures=pictures,
                wire=bot.wire,
                servers=bot.servers,
            ),
            settings_commands(MemberSettings(own_settings, offers), offer, texts),
            preset_commands(presets, offer, texts),
            *([animate_menu(animate)] if offer.takes_pictures else []),
        ],
        routes=[
            videos.routes(),
            job_buttons.routes(),
            animate.routes(),
            continue_button.routes(),
        ],
        workers=[],
    )
