"""Requests: `/video` and all that members can do with their videos."""

from bot.moderation.reports import Reports
from bot.operations.intake_pause import IntakePause
from bot.pictures.preparation import Preparation
from bot.quotas.estimates import Estimates
from bot.requests.admission import Admission
from bot.requests.cancelling import Cancelling
from bot.requests.clips import Clips
from bot.requests.intake import Intake
from bot.requests.listing import Listing
from bot.requests.member_settings import MemberSettings
from bot.requests.moderation_gate import ModerationGate
from bot.requests.presets import Presets
from bot.requests.video_orders import VideoOrders
from bot.texts.texts import Texts
from bot.wiring.core import Core
from bot.wiring.feature import Feature
from bot.wiring.rules import admission_rules, offer_of
from cogs.bot import ClapperBot
from cogs.servers.member_settings import settings_commands
from cogs.servers.presets import preset_commands
from cogs.videos.buttons import JobButtons
from cogs.videos.list_command import Videos
from cogs.videos.video_command import video_command
from storage.quotas.bills import SqlBills
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


def join_requests(
    core: Core,
    bot: ClapperBot,
    texts: Texts,
    *,
    pause: IntakePause,
    admission: Admission,
    reports: Reports,
) -> Feature:
    """Return `/video`, `/videos`, `/settings`, `/preset` and the buttons of a job."""
    jobs, clock = core.jobs, core.clock
    offer = offer_of(core.config)
    own_settings = SqlMemberSettings(core.database)
    kept = SqlPresets(core.database)
    intake = Intake(jobs, pause, admission, offer, clock, pictures=Preparation())
    cancelling = Cancelling(jobs, clock)
    orders = VideoOrders(intake, own_settings, kept, offer)
    presets = Presets(kept, offer, clock)
    videos = Videos(Listing(jobs), cancelling, texts)
    job_buttons = JobButtons(
        intake,
        cancelling,
        Clips(jobs, offer),
        reports,
        texts,
        offer=offer,
        wire=bot.wire,
        servers=bot.servers,
    )
    return Feature(
        cogs=[videos],
        slash_commands=[
            video_command(orders, presets, offer, texts, bot.wire, bot.servers),
            settings_commands(MemberSettings(own_settings, offer), offer, texts),
            preset_commands(presets, offer, texts),
        ],
        routes=[videos.routes(), job_buttons.routes()],
        workers=[],
    )
