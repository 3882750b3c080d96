"""How the stand-in is put together: which part knows which."""

import asyncio

from sandbox.discord.access import Access
from sandbox.discord.actors import Actors
from sandbox.discord.application import application_flags
from sandbox.discord.board import Board, Surroundings
from sandbox.discord.cdn import Cdn
from sandbox.discord.client_checks import ClientChecks
from sandbox.discord.clock import Clock
from sandbox.discord.commands import CommandRegistry
from sandbox.discord.composition import Attachment, kept_name
from sandbox.discord.config import SandboxConfig
from sandbox.discord.dispatches import Dispatch, DispatchLine, Intent
from sandbox.discord.faults import Faults
from sandbox.discord.feed import ChangeKind, Feed
from sandbox.discord.front import Checks, Front
from sandbox.discord.gateway import Gateway
from sandbox.discord.gateway_reception import GatewayTerms
from sandbox.discord.gateway_sessions import Sessions
from sandbox.discord.interaction_payloads import InteractionPayloads
from sandbox.discord.interactions import Interaction, Interactions
from sandbox.discord.invocation import ClientRefused, File
from sandbox.discord.message_payloads import MessagePayloads
from sandbox.discord.opening import Opening, OpeningParts
from sandbox.discord.rate_limits import RateLimiter
from sandbox.discord.records import Channel, User
from sandbox.discord.rest_commands import CommandEndpoints
from sandbox.discord.rest_guilds import GuildEndpoints
from sandbox.discord.rest_identity import IdentityEndpoints
from sandbox.discord.rest_interactions import InteractionEndpoints
from sandbox.discord.rest_messages import MessageEndpoints
from sandbox.discord.rest_webhooks import WebhookEndpoints
from sandbox.discord.schema import RequestSchema
from sandbox.discord.start_limits import StartLimits
from sandbox.discord.traffic import Traffic
from sandbox.discord.wire import Json, Mint
from sandbox.discord.world import World

_TOLD_ELSEWHERE = ("MESSAGE_", "INTERACTION_")


class Parts:
    """Every part, knowing those it needs and no more."""

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.clock = Clock()
        self.feed = Feed(self.clock.now_s)
        self.faults = Faults()
        self.limiter = RateLimiter(config.rate_limits)
        self.traffic = Traffic(config.requests_kept)
        self.mint = Mint(self.clock)
        self.line = DispatchLine()
        self.cdn = Cdn(self.clock, config.application_id)
        self._watchers: set[asyncio.Task[None]] = set()
        clock = self.clock
        bot = User(
            id=config.application_id,
            name=config.bot_name.lower(),
            display_name=config.bot_name,
            bot=True,
        )
        self.world = World(bot=bot, mint=self.mint, line=self.line, now_s=clock.now_s())
        reads_content = bool(config.granted_intents & Intent.MESSAGE_CONTENT)
        writer = MessagePayloads(self.world, self.cdn, reads_content=reads_content)
        self.board = Board(
            Surroundings(
                world=self.world,
                clock=clock,
                mint=self.mint,
                line=self.line,
                feed=self.feed,
                cdn=self.cdn,
                payloads=writer,
                nonce_window_s=config.nonce_window_s,
            )
        )
        self.commands = CommandRegistry(clock, self.mint, self.feed)
        self.interactions = Interactions(
            clock=clock,
            mint=self.mint,
            feed=self.feed,
            ack_window_s=config.ack_window_s,
            token_life_s=config.token_life_s,
        )
        self.flags = application_flags(config.granted_intents, self.commands)
        terms = GatewayTerms(
            token=config.token,
            heartbeat_ms=config.heartbeat_ms,
            granted_intents=config.granted_intents,
            url=lambda: self.gateway_url,
            flags=self.flags,
            limits=StartLimits(
                clock,
                max_concurrency=config.max_concurrency,
                interval_s=config.identify_interval_s,
            ),
        )
        sessions = Sessions(clock.now_s, resume_window_s=config.resume_window_s)
        self.gateway = Gateway(self.world, self.feed, terms, sessions)
        self.line.listen(self.gateway.dispatch)
        self.line.listen(self._note_change)
        self.access = Access(self.world, clock, config.default_upload_limit_bytes)
        self.client_checks = ClientChecks(self.world, self.commands, clock.now_s)
        self.actors = self._actors(writer)
        self.front = self._front()

    def _actors(self, writer: MessagePayloads) -> Actors:
        payloads = InteractionPayloads(self.world, self.board, writer, self.clock)
        opening_parts = OpeningParts(
            world=self.world,
            interactions=self.interactions,
            payloads=payloads,
            access=self.access,
            line=self.line,
            feed=self.feed,
            watch=self._watch,
        )
        return Actors(
            self.world,
            checks=self.client_checks,
            opening=Opening(opening_parts),
            payloads=payloads,
            store=self._store,
        )

    def _front(self) -> Front:
        config, bot = self.config, self.world.bot
        identity = IdentityEndpoints(
            self.world,
            shards=config.shards,
            gateway_url=lambda: self.gateway_url,
            limits=self.gateway.limits,
            flags=self.flags,
        )
        endpoints = [
            *identity.endpoints(),
            *GuildEndpoints(self.access, self.feed).endpoints(),
            *MessageEndpoints(self.board, self.access, bot).endpoints(),
            *CommandEndpoints(self.commands, self.access, self.world).endpoints(),
            *InteractionEndpoints(self.interactions, self.board, bot).endpoints(),
            *WebhookEndpoints(self.interactions, self.board, self.world).endpoints(),
        ]
        checks = Checks(
            token=config.token,
            limiter=self.limiter,
            faults=self.faults,
            schema=RequestSchema.load(config.openapi) if config.openapi else None,
        )
        return Front(endpoints, checks=checks, traffic=self.traffic, clock=self.clock)

    @property
    def gateway_url(self) -> str:
        """The address of the gateway."""
        return f"ws{self.cdn.base_url.removeprefix('http')}/gateway"

    def _note_change(self, dispatch: Dispatch) -> None:
        """Tell watchers of what changed in the world; messages are told elsewhere."""
        if not dispatch.name.startswith(_TOLD_ELSEWHERE):
            detail: Json = {"event": dispatch.name, "id": dispatch.payload.get("id")}
            self.feed.publish(ChangeKind.WORLD_CHANGED, detail=detail)

    async def stop_watching(self) -> None:
        """Report no more interactions as failed."""
        watchers = list(self._watchers)
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)

    def upload_limit_bytes(self, user: User, channel: Channel) -> int:
        """Return how large a file somebody may upload in a place."""
        return max(self.access.upload_limit_bytes(channel), user.upload_limit_bytes)

    def check_upload(self, user: User, channel: Channel, file: File) -> None:
        """Do nothing if somebody's client uploads a file in a place.

        Raises:
            ClientRefused: If it is too large for them there.
        """
        if len(file.data) > self.upload_limit_bytes(user, channel):
            msg = f"{file.name!r} is larger than {user.name} may upload here"
            raise ClientRefused(msg)

    def _store(self, user: User, channel: Channel, file: File) -> Attachment:
        self.check_upload(user, channel, file)
        attachment = Attachment(
            id=self.mint.new_id(),
            channel_id=channel.id,
            filename=kept_name(file.name),
            data=file.data,
            ephemeral=True,
        )
        self.cdn.keep(attachment)
        return attachment

    def _watch(self, interaction: Interaction) -> None:
        watching = self.interactions.watch(interaction)
        task = asyncio.create_task(watching, name=f"interaction {interaction.id}")
        self._watchers.add(task)
        task.add_done_callback(self._watchers.discard)
