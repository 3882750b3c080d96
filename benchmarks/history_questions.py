"""What is asked of a database with a long history, and what each question costs."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from statistics import median

from benchmarks.grown import FIRST_MEMBER, FIRST_SERVER, Shape
from benchmarks.timed import TimedSource, open_timed, tick
from bot.clock import SystemClock
from bot.ids import ChannelId, GuildId, InteractionId, UserId, new_job_id
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.video import VideoRequest
from bot.models.choices import Aspect, Mode
from bot.moderation.history import History
from bot.privacy.own_data import Privacy
from bot.processes.shards import KnownShards
from bot.quotas.administration import MOST_DAYS, Quotas
from bot.quotas.limits import UNSET, DefaultLimits
from bot.quotas.rules import QuotaRules
from bot.quotas.settings import AdminAction
from bot.quotas.status import QuotaStatuses
from bot.requests.decision import Admitted
from bot.requests.listing import Listing
from bot.servers.people import Actor
from storage.database.engine import Database
from storage.jobs.store import SqlJobStore
from storage.moderation.audit_trail import SqlAuditTrail
from storage.operations.pauses import SqlPauses
from storage.operations.told_outages import SqlToldOutages
from storage.overview.store import SqlOverview
from storage.privacy.retention import SqlRetentionStore
from storage.privacy.store import SqlPrivacyStore
from storage.quotas.price_settings import SqlPrices
from storage.quotas.spend_warnings import SqlSpendStore
from storage.quotas.store import SqlQuotaStore
from storage.requests.admission import SqlAdmissionStore

COMMAND_S = 0.3
PAGE_S = 0.1
"""What the operator's page asks of the database."""
EXPORT_S = 2.0
"""Of reports and exports, in which others are answered."""
HELD_S = 0.1
"""The longest transaction: everybody else waits for it."""
LATE_S = 0.1
"""What the event loop may be late, which nobody is answered in."""
TRIES = 3
MOST_BYTES = 9 * 1024 * 1024
NO_RULES = QuotaRules(
    defaults=DefaultLimits(server=UNSET, member=UNSET, server_most=UNSET),
    server_credits_per_month=None,
    total_credits_per_month=None,
)
_interactions = count(10**12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a question cost."""

    what: str
    took_s: float
    bound_s: float | None
    """None = nobody waits for it."""
    held_s: float
    """The longest that the writer was held meanwhile."""
    late_s: float
    """The most that the event loop was late meanwhile."""
    bound_held_s: float = HELD_S
    bound_late_s: float = LATE_S

    def broken(self) -> Sequence[str]:
        """Say which bounds were not kept."""
        checks = {
            "took too long": self.bound_s is None or self.took_s <= self.bound_s,
            "held the writer": self.held_s <= self.bound_held_s,
            "blocked the event loop": self.late_s <= self.bound_late_s,
        }
        return [f"{self.what}: {words}" for words, held in checks.items() if not held]


async def ask_all(url: str, shape: Shape) -> Sequence[Asked]:
    """Ask everything of a database that no bot works on."""
    async with open_timed(url) as (database, writing):
        # As the bot does when it is ready: else what this process holds beside, the
        # stand-ins' memory, would be looked through in the midst of a question.
        gc.collect()
        gc.freeze()
        return await _Questions(database, writing, shape).ask_all()


class _Questions:
    def __init__(self, database: Database, writing: TimedSource, shape: Shape) -> None:
        self._writing = writing
        self._shape = shape
        self._clock = SystemClock()
        self._jobs = SqlJobStore(database, listener=None, watcher=None)
        self._admission = SqlAdmissionStore(database, listener=None, with_spending=True)
        self._quotas = SqlQuotaStore(database, with_spending=True)
        self._prices = SqlPrices(database)
        self._trail = SqlAuditTrail(database)
        self._privacy = Privacy(SqlPrivacyStore(database), self._clock)
        self._retention = SqlRetentionStore(database)
        self._spend = SqlSpendStore(database)
        self._overview = SqlOverview(
            database,
            pauses=SqlPauses(database),
            outages=SqlToldOutages(database),
            is_server=False,
            name="benchmark",
        )
        self._heavy = self._actor(shape.largest_server, shape.heavy_member)
        self._light = self._actor(FIRST_SERVER + 1, FIRST_MEMBER + 1)

    async def ask_all(self) -> Sequence[Asked]:
        """Ask one after another: first what only reads, then what erases."""
        heavy, light = self._heavy, self._light
        listing = Listing(self._jobs, self._prices)
        quotas = Quotas(
            self._quotas,
            self._prices,
            QuotaStatuses(self._quotas, NO_RULES, self._clock),
            NO_RULES.defaults,
            self._clock,
        )
        history = History(self._trail, self._clock)
        asked = [
            await self._ask("/video, small server", COMMAND_S, self._video(light)),
            await self._ask("/video, largest server", COMMAND_S, self._video(heavy)),
            await self._ask(
                "/usage, largest server",
                COMMAND_S,
                lambda: self._quotas.facts(
                    heavy.guild_id, heavy.user_id, (), self._clock.now()
                ),
            ),
            await self._ask(
                "/videos list, first page",
                COMMAND_S,
                lambda: listing.page(heavy, None, 1),
            ),
            await self._ask(
                "/videos list, last page",
                COMMAND_S,
                lambda: listing.page(heavy, None, 10**9),
            ),
            await self._ask(
                "/moderation history", COMMAND_S, lambda: history.page(heavy, None, 1)
            ),
            await self._ask(
                "/moderation history, a member",
                COMMAND_S,
                lambda: history.page(heavy, heavy.user_id, 1),
            ),
            await self._ask(
                "/quota report, a year",
                EXPORT_S,
                lambda: quotas.report(heavy, MOST_DAYS),
            ),
            await self._ask(
                "/moderation export, a year",
                EXPORT_S,
                lambda: history.table(heavy, 365, most_bytes=MOST_BYTES),
            ),
            await self._ask(
                "/privacy export, few jobs",
                COMMAND_S,
                lambda: self._privacy.export(light, most_bytes=MOST_BYTES),
            ),
            await self._ask(
                "/privacy export, many jobs",
                EXPORT_S,
                lambda: self._privacy.export(heavy, most_bytes=MOST_BYTES),
            ),
            await self._ask("counts", COMMAND_S, self._jobs.counts),
            await self._ask(
                "the operator's page",
                PAGE_S,
                lambda: self._overview.read(self._clock.now()),
            ),
            await self._ask("spend watch", None, self._watch_spending),
            await self._ask("retention, nothing due", None, self._retain),
            await self._ask(
                "retention, prompts due", None, self._erase_prompts, tries=1
            ),
        ]
        once = {
            "a server removes the bot": lambda: self._jobs.end_of_guild(
                heavy.guild_id, self._clock.now()
            ),
            "/quota reset, largest server": self._reset,
            "/privacy forget, many jobs": lambda: self._privacy.forget(heavy),
            "a server departed": self._depart,
        }
        return [
            *asked,
            *[await self._ask(what, None, it, tries=1) for what, it in once.items()],
        ]

    async def _ask(
        self,
        what: str,
        bound_s: float | None,
        question: Callable[[], Awaitable[object]],
        *,
        tries: int = TRIES,
    ) -> Asked:
        self._writing.longest_s = 0.0
        late: list[float] = [0.0]
        ticking = asyncio.create_task(tick(late))
        took: list[float] = []
        for _ in range(tries):
            began_at = time.monotonic()
            await question()
            took.append(time.monotonic() - began_at)
        ticking.cancel()
        return Asked(
            what=what,
            took_s=median(took),
            bound_s=bound_s,
            held_s=self._writing.longest_s,
            late_s=max(late),
        )

    def _video(self, actor: Actor) -> Callable[[], Awaitable[object]]:
        async def ask() -> None:
            job = self._job(actor)
            await self._admission.admission_facts(job)
            await self._jobs.receive(job)
            accepted = await self._admission.accept(
                job, job.requested_at, lambda _: Admitted(state=JobState.QUEUED)
            )
            assert isinstance(accepted, Job)
            await self._jobs.queue_position(accepted)
            await self._jobs.move(
                job.id, JobState.QUEUED, JobState.CANCELLED, self._clock.now()
            )

        return ask

    async def _watch_spending(self) -> None:
        await self._spend.warn_servers(1e9, 0.8, self._clock.now())
        await self._spend.warn_operator(1e9, 0.8, self._clock.now())

    async def _retain(self) -> None:
        long_ago = self._clock.now() - timedelta(days=400)
        await self._retention.erase_prompts(long_ago, 500)
        await self._retention.erase_audit(long_ago, 500)
        await self._retention.end_pseudonyms(long_ago)
        await self._retention.erase_departed(long_ago)
        await self._retention.note_present(
            self._present(),
            KnownShards(count=1, numbers=frozenset({0})),
            self._clock.now(),
        )

    def _present(self) -> Sequence[GuildId]:
        return [
            GuildId(self._shape.largest_server),
            *(GuildId(FIRST_SERVER + number) for number in range(2_000)),
        ]

    async def _erase_prompts(self) -> None:
        lately = self._clock.now() - timedelta(days=80)
        while await self._retention.erase_prompts(lately, 500):
            """There is more."""

    async def _reset(self) -> None:
        action = AdminAction(
            guild_id=self._heavy.guild_id,
            actor_id=self._heavy.user_id,
            at=self._clock.now(),
        )
        await self._quotas.reset(action, None)

    async def _depart(self) -> None:
        now = self._clock.now()
        await self._retention.note_departed(self._heavy.guild_id, now)
        assert await self._retention.erase_departed(now + timedelta(days=1)) == 1

    def _job(self, actor: Actor) -> Job:
        now = self._clock.now()
        return Job(
            id=new_job_id(),
            guild_id=actor.guild_id,
            channel_id=ChannelId(1),
            user_id=actor.user_id,
            locale="en-US",
            request=VideoRequest(
                prompt="a fox",
                mode=Mode.NORMAL,
                duration_s=6,
                aspect=Aspect.LANDSCAPE,
                model="grok-imagine-text-to-video",
                quality=None,
            ),
            interaction_id=InteractionId(next(_interactions)),
            interaction_token=None,
            application_id=1,
            requested_at=now,
            state=JobState.RECEIVED,
            state_since=now,
        )

    def _actor(self, guild_id: int, user_id: int) -> Actor:
        return Actor(
            guild_id=GuildId(guild_id),
            user_id=UserId(user_id),
            is_moderator=True,
            is_manager=True,
        )
