"""A real bot before a stand-in for Discord, with use cases that only take notes."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import SystemClock
from bot.errors import ClapperError, Refused
from bot.ids import ChannelId, GuildId, JobId, MessageId, UserId
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.video import VideoRequest
from bot.media.clip_tools import ClipTools
from bot.moderation.reports import Reports
from bot.processes.shards import KnownShards, ShardLeases
from bot.quotas.status import QuotaStatus, QuotaStatuses
from bot.requests.cancelling import Cancellation, Cancelling
from bot.requests.clips import Clips
from bot.requests.continuing import Continuation, Continuing
from bot.requests.incoming import Acknowledgement, IncomingRequest
from bot.requests.intake import Intake
from bot.requests.listing import Listing, Page, StatusFilter
from bot.requests.member_settings import MemberSettings
from bot.requests.picture_check import PictureCheck
from bot.requests.presets import Presets
from bot.requests.video_orders import VideoOrders
from bot.servers.people import Actor
from bot.texts import Texts
from cogs.bot import ClapperBot
from cogs.presses import Presses
from cogs.quotas.usage import usage_command
from cogs.servers.member_settings import settings_commands
from cogs.servers.membership import Membership
from cogs.servers.presets import preset_commands
from cogs.videos.animate import Animate, animate_menu
from cogs.videos.buttons import JobButtons
from cogs.videos.continue_button import ContinueButton
from cogs.videos.list_command import Videos
from cogs.videos.pending_pictures import PendingPictures
from cogs.videos.video_command import video_command
from cogs.wire.last_frames import LastFrames
from cogs.wire.messenger import DiscordMessenger
from cogs.wire.moderator_board import DiscordCardBoard
from cogs.wire.pictures import DiscordPictures
from sandbox.discord.messages import Message
from sandbox.discord.records import Channel, User
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from storage.database.engine import Database
from storage.moderation.store import SqlModerationStore
from storage.processes.all_shards import AllShards
from storage.requests.member_settings import SqlMemberSettings
from storage.requests.presets import SqlPresets
from tests.cogs.quota_statuses import make_standing
from tests.factories import NOON, make_job, make_request
from tests.offers import PICTURES, in_servers

UPLOAD_LIMIT_BYTES = 20 * 1024 * 1024
PATIENCE_S = 60.0
"""A machine may be busy; only a test that fails waits so long."""
COMMANDS = ("video", "videos", "usage", "settings", "preset", "Animate picture")


async def eventually(condition: Callable[[], bool]) -> None:
    """Return once something is so that nobody tells us of."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - nobody would set an event
            await asyncio.sleep(0.005)


async def until(condition: Callable[[], Awaitable[object]]) -> None:
    """As `eventually`, where it has to be asked whether something is so."""
    async with asyncio.timeout(PATIENCE_S):
        while not await condition():  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0.005)


class RegisteringBot(ClapperBot):
    """The only process, with no other worker."""

    async def setup_hook(self) -> None:
        await self.registration.run_once()


class NotedIntake(Intake):
    """Acknowledges what is asked, or refuses before or after that."""

    def __init__(self) -> None:
        self.asked: list[IncomingRequest] = []
        self.refused_at_once: ClapperError | None = None
        self.refused_later: Refused | None = None
        self.jobs: list[Job] = []
        self.failures: list[BaseException] = []

    async def request(self, asked: IncomingRequest, ack: Acknowledgement) -> Job:
        self.asked.append(asked)
        if self.refused_at_once is not None:
            raise self.refused_at_once
        job = asked.job(NOON)
        try:
            message_id = await ack.show_received(job)
        except BaseException as error:
            self.failures.append(error)
            raise
        if self.refused_later is not None:
            await ack.withdraw(job)
            raise self.refused_later
        self.jobs.append(make_job(id=job.id, status_message_id=message_id))
        return job


class NotedCancelling(Cancelling):
    """Cancels everything, or raises what it was given."""

    def __init__(self) -> None:
        self.asked: list[tuple[JobId, Actor]] = []
        self.open: list[Job] = []
        self.free = True
        self.requester_id: UserId | None = None
        """None = the person who cancels."""
        self.error: Exception | None = None

    async def cancel(
        self, job_id: JobId, actor: Actor, *, confirmed: bool
    ) -> Cancellation:
        self.asked.append((job_id, actor))
        if self.error is not None:
            raise self.error
        job = make_job(id=job_id, user_id=self.requester_id or actor.user_id)
        done = self.free or confirmed
        return Cancellation(job=job, done=done, free=self.free)

    async def cancellable(self, actor: Actor) -> Sequence[Job]:
        assert actor.user_id
        return self.open


class NotedClips(Clips):
    """Knows one job, and who may delete its clip."""

    def __init__(self) -> None:
        self.job = make_job(prompt="a paper boat")
        self.error: ClapperError | None = None

    async def settings_of(self, job_id: JobId, actor: Actor) -> VideoRequest:
        return (await self.to_delete(job_id, actor)).request

    async def again(self, job_id: JobId, actor: Actor) -> VideoRequest:
        return await self.settings_of(job_id, actor)

    async def to_delete(self, job_id: JobId, actor: Actor) -> Job:
        assert actor.guild_id
        if self.error is not None:
            raise self.error
        assert job_id == self.job.id
        return self.job


class NotedContinuing(Continuing):
    """Lets every clip be continued, or none."""

    def __init__(self) -> None:
        self.error: ClapperError | None = None
        self.has_buttons = False
        self.picture = PictureUse(kind=PictureKind.FRAME, owner_id=None)

    def can_continue(self, job: Job) -> bool:
        assert job.id
        return self.has_buttons

    async def of(self, job_id: JobId, actor: Actor) -> Continuation:
        assert job_id
        assert actor.guild_id
        if self.error is not None:
            raise self.error
        profile = PICTURES.profile(PICTURES.first.name, with_picture=True)
        assert profile is not None
        request = make_request(prompt="", picture=self.picture, model=profile.id)
        return Continuation(request, profile)


class NotedReports(Reports):
    """Hears of clips that were deleted by their button."""

    def __init__(self) -> None:
        self.deleted: list[JobId] = []

    async def note_deleted(self, actor: Actor, job: Job) -> None:
        assert actor.guild_id
        self.deleted.append(job.id)


class NotedListing(Listing):
    """Has three pages of one job each."""

    def __init__(self) -> None:
        self.asked: list[tuple[StatusFilter | None, int]] = []

    async def page(
        self, actor: Actor, status: StatusFilter | None, number: int
    ) -> Page:
        assert actor.user_id
        self.asked.append((status, number))
        job = make_job(prompt=f"film {number}")
        return Page(
            jobs=[job], number=number, pages=3, status=status, with_prices=False
        )


class NotedUsage(QuotaStatuses):
    """Says the same of everybody."""

    def __init__(self) -> None:
        """Needs nothing."""

    async def of(self, actor: Actor) -> QuotaStatus:
        return make_standing(actor.user_id, day=2)


@dataclass
class KeptPictures:
    """Implements `bot.pictures.ports.Pictures`."""

    kept: dict[JobId, bytes] = field(default_factory=dict)

    async def of(self, job_id: JobId) -> bytes | None:
        return self.kept.get(job_id)


@dataclass(kw_only=True)
class Stage:
    """Everything that a test needs at hand."""

    discord: DiscordSandbox
    world: StandardWorld
    texts: Texts
    database: Database
    folder: Path
    """For files that are needed for a moment."""
    intake: NotedIntake = field(default_factory=NotedIntake)
    cancelling: NotedCancelling = field(default_factory=NotedCancelling)
    clips: NotedClips = field(default_factory=NotedClips)
    continuing: NotedContinuing = field(default_factory=NotedContinuing)
    listing: NotedListing = field(default_factory=NotedListing)
    reports: NotedReports = field(default_factory=NotedReports)
    pictures: KeptPictures = field(default_factory=KeptPictures)
    guilds_left: list[GuildId] = field(default_factory=list)
    guilds_seen: list[list[GuildId]] = field(default_factory=list)
    shards_known: list[KnownShards] = field(default_factory=list)
    """Of which `guilds_seen` held all servers."""
    gateway_is_up: list[bool] = field(default_factory=list)
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Requests to Discord, by endpoint and outcome."""

    leases: Callable[[], ShardLeases] = AllShards
    """Makes what decides which shards a bot holds."""

    async def new_bot(self) -> ClapperBot:
        async def left(guild_id: GuildId) -> None:
            self.guilds_left.append(guild_id)

        async def present(guild_ids: Sequence[GuildId], of: KnownShards) -> None:
            self.guilds_seen.append(list(guild_ids))
            self.shards_known.append(of)

        def count(service: str, endpoint: str, outcome: str) -> None:
            assert service == "discord"
            self.counted[endpoint, outcome] += 1

        offers = in_servers(PICTURES)
        own, kept = SqlMemberSettings(self.database), SqlPresets(self.database)
        orders = VideoOrders(self.intake, own, kept, offers)
        presets = Presets(kept, offers, SystemClock())
        bot = RegisteringBot(
            self.texts,
            gateway_url=self.discord.gateway_url,
            shard_count=None,
            leases=self.leases(),
            gateway_changed=lambda status: self.gateway_is_up.append(
                status.connected or status.stands_by
            ),
            count=count,
        )
        pictures = DiscordPictures(bot.wire, api_base=self.discord.rest_url)
        animate = Animate(
            orders,
            self.clips,
            PictureCheck(SqlModerationStore(self.database)),
            PendingPictures(SystemClock()),
            pictures,
            self.texts,
            wire=bot.wire,
            servers=bot.servers,
        )
        videos = Videos(self.listing, self.cancelling, self.texts)
        job_buttons = JobButtons(
            self.intake,
            self.cancelling,
            self.clips,
            self.reports,
            self.texts,
            offers=offers,
            pictures=pictures,
            wire=bot.wire,
            servers=bot.servers,
        )
        continue_button = ContinueButton(
            self.intake,
            self.continuing,
            LastFrames(pictures, ClipTools(), self.folder),
            PictureCheck(SqlModerationStore(self.database)),
            self.texts,
            wire=bot.wire,
            servers=bot.servers,
        )
        routes = [
            one.routes() for one in (videos, job_buttons, animate, continue_button)
        ]
        for cog in (
            videos,
            Presses(routes),
            Membership(bot, left=left, present=present),
        ):
            await bot.add_cog(cog)
        for command in (
            video_command(
                orders,
                presets,
                PICTURES,
                self.texts,
                pictures=pictures,
                wire=bot.wire,
                servers=bot.servers,
            ),
            animate_menu(animate),
            settings_commands(MemberSettings(own, offers), PICTURES, self.texts),
            preset_commands(presets, PICTURES, self.texts),
            usage_command(NotedUsage(), self.texts),
        ):
            bot.tree.add_command(command)
        return bot

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[ClapperBot]:
        """Run a bot, connected and with its commands known, until the block ends."""
        bot = await self.new_bot()
        serving = asyncio.create_task(
            bot.serve(self.discord.config.token), name="gateway"
        )
        try:
            connected = asyncio.create_task(
                self.discord.wait_ready(COMMANDS), name="connected"
            )
            await asyncio.wait(
                {serving, connected}, return_when=asyncio.FIRST_COMPLETED
            )
            if serving.done():
                connected.cancel()
                serving.result()
            await connected
            yield bot
        finally:
            await bot.close()
            serving.cancel()
            await asyncio.wait({serving})

    def messenger(self, bot: ClapperBot) -> DiscordMessenger:
        return DiscordMessenger(
            bot.wire,
            bot.servers,
            self.texts,
            SystemClock(),
            pictures=self.pictures,
            can_continue=self.continuing.can_continue,
            upload_limit_bytes=UPLOAD_LIMIT_BYTES,
        )

    def card_board(self, bot: ClapperBot) -> DiscordCardBoard:
        pictures = DiscordPictures(bot.wire, api_base=self.discord.rest_url)
        return DiscordCardBoard(bot.wire, bot.servers, self.texts, pictures)

    def job(self, channel: Channel | None = None, **fields: object) -> Job:
        """Return a job of Mia's in a channel of this world."""
        return make_job(
            **{
                "guild_id": GuildId(self.world.guild.id),
                "channel_id": ChannelId((channel or self.world.general).id),
                "user_id": UserId(self.world.member.id),
                "application_id": self.discord.world.bot.id,
            }
            | fields
        )

    def message(self, message_id: MessageId, channel: Channel | None = None) -> Message:
        return next(
            one
            for one in self.discord.messages(channel or self.world.general)
            if one.id == message_id
        )

    def public(self, channel: Channel | None = None) -> list[Message]:
        """Return what everybody sees in a channel."""
        return [
            one
            for one in self.discord.messages(channel or self.world.general)
            if not one.ephemeral
        ]

    @property
    def member(self) -> User:
        return self.world.member
