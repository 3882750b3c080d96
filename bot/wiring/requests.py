"""Requests: `/video` and all that members can do with their videos."""

from bot.moderation.reports import Reports
from bot.operations.intake_pause import IntakePause
from bot.pictures.preparation import Preparation
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
from bot.wiring.rules import admission_rules, profile_of
from cogs.bot import ClapperBot
from cogs.servers.member_settings import settings_commands
from cogs.servers.presets import preset_commands
from cogs.videos.buttons import JobButtons
from cogs.videos.list_command import Videos
from cogs.videos.video_command import video_command
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
    return Admission(store, rules, gate)


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
    profile = profile_of(core.config)
    own_settings = SqlMemberSettings(core.database)
    kept = SqlPresets(core.database)
    intake = Intake(jobs, pause, admission, profile, clock, pictures=Preparation())
    cancelling = Cancelling(jobs, clock)
    orders = VideoOrders(intake, own_settings, kept, profile)
    presets = Presets(kept, profile, clock)
    videos = Videos(Listing(jobs), cancelling, texts)
    job_buttons = JobButtons(
        intake,
        cancelling,
        Clips(jobs, profile),
        reports,
        texts,
        profile=profile,
        wire=bot.wire,
        servers=bot.servers,
    )
    return Feature(
        cogs=[videos],
        slash_commands=[
            video_command(orders, presets, profile, texts, bot.wire, bot.servers),
            settings_commands(MemberSettings(own_settings, profile), profile, texts),
            preset_commands(presets, profile, texts),
        ],
        routes=[videos.routes(), job_buttons.routes()],
        workers=[],
    )
