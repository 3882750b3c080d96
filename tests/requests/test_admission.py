"""The deciding transaction runs on the database's thread, and takes nothing but values.

What the event loop shares (discord.py's memory, what was found of prompts) is gathered
before, on the loop.
"""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.errors import Refused
from bot.ids import ChannelId, GuildId, UserId
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.models.choices import Mode
from bot.moderation.administration import Moderation, Purpose
from bot.moderation.policy import PicturesPolicy, SpicyPolicy
from bot.moderation.prompt_check import PromptCheck, PromptFinding
from bot.moderation.records import Applies, WordKind, WordRule
from bot.quotas.estimates import Estimates
from bot.requests.admission import Admission, AdmissionStore
from bot.requests.moderation_gate import ModerationGate
from storage.database.engine import Database
from storage.moderation.store import SqlModerationStore
from storage.quotas.bills import SqlBills
from storage.tables.quotas import ledger
from tests.channels import ScriptedChannels
from tests.clock import FakeClock
from tests.factories import NOON, make_job, make_rules, reach
from tests.servers.people import make_actor
from tests.stores import FIRST_ESTIMATES, admission_store

ADMIN = make_actor(user_id=UserId(7), is_moderator=True, is_manager=True)
PLACE = make_job().channel_id
REVIEW, OTHER_REVIEW = ChannelId(33), ChannelId(34)
FOX = WordRule(pattern="fox", kind=WordKind.WORD, applies=Applies.ALWAYS)


class LoopsOwnChannels(ScriptedChannels):
    """As discord.py's memory: only the event loop's thread may look at it."""

    def __init__(self, *restricted: int) -> None:
        super().__init__(restricted)
        self._thread = threading.get_ident()

    async def seems_restricted(self, guild_id: GuildId, channel_id: ChannelId) -> bool:
        assert threading.get_ident() == self._thread, "not the loop's thread"
        return await super().seems_restricted(guild_id, channel_id)

    async def restricted_channels(self, guild_id: GuildId) -> frozenset[ChannelId]:
        assert threading.get_ident() == self._thread, "not the loop's thread"
        return await super().restricted_channels(guild_id)


class LoopsOwnPrompts(PromptCheck):
    """Its memory of what was told of is the loop's as well."""

    def __init__(self) -> None:
        super().__init__([])
        self._thread = threading.get_ident()

    async def check(
        self, prompt: str, mode: Mode, rules: tuple[WordRule, ...]
    ) -> PromptFinding:
        assert threading.get_ident() == self._thread, "not the loop's thread"
        return await super().check(prompt, mode, rules)


@pytest.fixture
async def moderation(database: Database, clock: FakeClock) -> Moderation:
    """The settings of a server that reviews spicy requests."""
    moderation = Moderation(SqlModerationStore(database), clock)
    await moderation.set_policy(ADMIN, SpicyPolicy.REVIEW)
    await moderation.set_channel(ADMIN, Purpose.REVIEW, REVIEW)
    return moderation


@pytest.fixture
def admission(decisions: AdmissionStore) -> Admission:
    channels = LoopsOwnChannels(PLACE, REVIEW)
    gate = ModerationGate(LoopsOwnPrompts(), channels)
    return Admission(decisions, make_rules(), gate, FIRST_ESTIMATES)


@pytest.mark.usefixtures("moderation")
@pytest.mark.parametrize("is_recovered", [False, True], ids=["at once", "recovered"])
async def test_nothing_of_the_loops_is_touched_on_the_databases_thread(
    store: JobStore, admission: Admission, clock: FakeClock, *, is_recovered: bool
) -> None:
    job = make_job(mode=Mode.SPICY)
    if is_recovered:
        inputs = await admission.gather(job)
    else:
        inputs = (await admission.check(job, is_restricted=True)).inputs
    await store.receive(job)

    accepted = await admission.accept(job, clock.now(), inputs)

    assert accepted is not None
    assert accepted.state is JobState.AWAITING_REVIEW


async def test_a_word_that_was_forbidden_meanwhile_counts(
    store: JobStore,
    admission: Admission,
    moderation: Moderation,
    clock: FakeClock,
) -> None:
    job = make_job(prompt="a fox in the snow")
    checked = await admission.check(job, is_restricted=False)
    await store.receive(job)
    await moderation.add_word(ADMIN, FOX)

    with pytest.raises(Refused, match="refused-words"):
        await admission.accept(job, clock.now(), checked.inputs)


@pytest.mark.parametrize("is_fit", [True, False])
async def test_a_review_channel_that_was_changed_meanwhile_counts(
    store: JobStore,
    decisions: AdmissionStore,
    moderation: Moderation,
    clock: FakeClock,
    *,
    is_fit: bool,
) -> None:
    restricted = {PLACE, REVIEW} | ({OTHER_REVIEW} if is_fit else set())
    gate = ModerationGate(LoopsOwnPrompts(), LoopsOwnChannels(*restricted))
    admission = Admission(decisions, make_rules(), gate, FIRST_ESTIMATES)
    job = make_job(mode=Mode.SPICY)
    checked = await admission.check(job, is_restricted=True)
    await store.receive(job)
    await moderation.set_channel(ADMIN, Purpose.REVIEW, OTHER_REVIEW)

    if is_fit:
        accepted = await admission.accept(job, clock.now(), checked.inputs)
        assert accepted is not None
    else:
        with pytest.raises(Refused, match="refused-spicy-review"):
            await admission.accept(job, clock.now(), checked.inputs)


@pytest.mark.parametrize(
    ("policy", "owner", "refusal"),
    [
        (PicturesPolicy.OFF, ADMIN.user_id, "refused-pictures-off"),
        (PicturesPolicy.OWN, UserId(99), "refused-pictures-own"),
    ],
)
async def test_a_picture_is_refused_as_the_server_has_it_and_again_when_accepted(
    store: JobStore,
    moderation: Moderation,
    admission: Admission,
    policy: PicturesPolicy,
    owner: UserId,
    refusal: str,
) -> None:
    picture = PictureUse(kind=PictureKind.POSTED, owner_id=owner)
    job = make_job(picture=picture, user_id=ADMIN.user_id, state=JobState.RECEIVED)
    await moderation.set_pictures(ADMIN, PicturesPolicy.ANY)
    checked = await admission.check(job, is_restricted=False)
    assert await store.receive(job)

    await moderation.set_pictures(ADMIN, policy)

    with pytest.raises(Refused, match=refusal):
        await admission.check(job, is_restricted=False)
    with pytest.raises(Refused, match=refusal):
        await admission.accept(
            job,
            job.requested_at,
            checked.inputs,
            picture=b"a JPEG",
        )
    stored = await store.get(job.id)
    assert stored is not None
    assert stored.state is JobState.RECEIVED


BETA = "grok-imagine-text-to-video-beta"


@pytest.mark.parametrize("bills", [0, 5])
async def test_what_a_clip_is_expected_to_cost_is_kept_with_it(
    store: JobStore, database: Database, clock: FakeClock, bills: int
) -> None:
    """By the catalogue, and once there are five by this account's own bills."""
    admission = estimating(database)
    for number in range(bills):
        made = make_job(
            model=BETA,
            quality="480p",
            duration_s=6 + number,
            requested_at=NOON - timedelta(days=1),
        )
        await reach(store, JobState.DELIVERED, made, credits_used=1.6 * (6 + number))
    job = make_job(model=BETA, quality="480p", duration_s=20)
    checked = await admission.check(job, is_restricted=False)
    await store.receive(job)

    accepted = await admission.accept(job, clock.now(), checked.inputs)

    expected = 32.0 if bills else 16.4
    assert accepted is not None
    assert accepted.credits_estimated == expected
    reserved = select(ledger.c.credits).where(ledger.c.job_id == job.id)
    assert await database.read(lambda found: found.scalar(reserved)) == expected


async def test_a_clip_that_costs_more_than_is_left_is_refused_and_a_cheaper_one_is_not(
    store: JobStore, database: Database, clock: FakeClock
) -> None:
    admission = estimating(database, server_credits_per_month=20.0)
    dear = make_job(model=BETA, quality="480p", duration_s=30)
    with pytest.raises(Refused, match="refused-no-budget"):
        await admission.check(dear, is_restricted=False)

    fitting = make_job(model=BETA, quality="480p", duration_s=20)
    checked = await admission.check(fitting, is_restricted=False)
    await store.receive(fitting)
    assert await admission.accept(fitting, clock.now(), checked.inputs)

    for duration_s in (20, 6):
        other = make_job(model=BETA, quality="480p", duration_s=duration_s)
        with pytest.raises(Refused, match="refused-server-credits"):
            await admission.check(other, is_restricted=False)


def estimating(database: Database, **limits: float) -> Admission:
    """Return what decides with estimates by what was really billed."""
    return Admission(
        admission_store(database, with_spending=True),
        make_rules(**limits),
        ModerationGate(LoopsOwnPrompts(), LoopsOwnChannels()),
        Estimates(SqlBills(database)),
    )
