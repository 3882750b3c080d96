"""A request under review is decided once, by somebody who may, or lapses."""

import asyncio

import pytest

from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.ids import ChannelId, GuildId, UserId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.models.choices import Mode
from bot.moderation.administration import Moderation, Purpose
from bot.moderation.blocks import Blocks
from bot.moderation.policy import SpicyPolicy
from bot.moderation.records import CardKind
from bot.moderation.review import Review
from bot.requests.admission import Admission, AdmissionStore
from bot.requests.cancelling import Cancelling
from storage.database.engine import Database
from storage.moderation.audit_trail import SqlAuditTrail
from storage.moderation.cards import SqlCardStore
from storage.moderation.store import SqlModerationStore
from storage.requests.reviews import SqlReviewStore
from tests.channels import ScriptedChannels, make_gate
from tests.clock import FakeClock
from tests.factories import make_job, make_rules
from tests.servers.people import make_actor
from tests.stores import FIRST_ESTIMATES, Used

REVIEW_CHANNEL = ChannelId(33)
PLACE = make_job().channel_id
ADMIN = make_actor(user_id=UserId(7), is_moderator=True, is_manager=True)
MODERATORS = [
    make_actor(user_id=UserId(1000 + number), is_moderator=True) for number in range(10)
]
MO = MODERATORS[0]


@pytest.fixture
async def settings(database: Database, clock: FakeClock) -> SqlModerationStore:
    store = SqlModerationStore(database)
    moderation = Moderation(store, clock)
    await moderation.set_policy(ADMIN, SpicyPolicy.REVIEW)
    await moderation.set_channel(ADMIN, Purpose.REVIEW, REVIEW_CHANNEL)
    return store


@pytest.fixture
def review(
    settings: SqlModerationStore,
    store: JobStore,
    database: Database,
    clock: FakeClock,
) -> Review:
    blocks = Blocks(settings, clock)
    return Review(store, SqlReviewStore(database, listener=None), blocks, clock)


@pytest.fixture
async def job(
    settings: SqlModerationStore,  # noqa: ARG001 - which send it to review
    store: JobStore,
    clock: FakeClock,
    decisions: AdmissionStore,
) -> Job:
    """A spicy request that the gate has sent to review."""
    channels = ScriptedChannels({REVIEW_CHANNEL, PLACE})
    job = make_job(mode=Mode.SPICY)
    await store.receive(job)
    admission = Admission(decisions, make_rules(), make_gate(channels), FIRST_ESTIMATES)
    accepted = await admission.accept(job, clock.now(), await admission.gather(job))
    assert accepted is not None
    assert accepted.state is JobState.AWAITING_REVIEW
    return accepted


async def decisions(database: Database) -> list[str]:
    rows = await SqlAuditTrail(database).page(ADMIN.guild_id, None, limit=99, offset=0)
    actions = [row.entry.action for row in rows]
    return [one for one in actions if one.startswith("review.")]


async def test_a_request_gets_its_card_in_the_same_transaction(
    job: Job, database: Database, clock: FakeClock
) -> None:
    """Whatever dies now: the card is due, and will be posted."""
    (card,) = await SqlCardStore(database).due(clock.now(), 9)

    assert (card.kind, card.job_id) == (CardKind.REVIEW, job.id)
    assert card.channel_id == REVIEW_CHANNEL


@pytest.mark.parametrize("verbs", [("approve",), ("approve", "deny", "block")])
async def test_of_many_moderators_at_the_same_moment_one_decides(
    review: Review, job: Job, database: Database, verbs: tuple[str, ...]
) -> None:
    async def decide(number: int) -> object:
        moderator = MODERATORS[number]
        match verbs[number % len(verbs)]:
            case "approve":
                return await review.approve(moderator, job.id)
            case "deny":
                return await review.deny(moderator, job.id, "no")
            case _:
                return await review.block(moderator, job.id)

    results = await asyncio.gather(
        *(decide(number) for number in range(10)), return_exceptions=True
    )

    assert sum(isinstance(one, Job) for one in results) == 1
    assert sum(isinstance(one, TooLate) for one in results) == 9
    assert len(await decisions(database)) == 1


async def test_approval_queues_and_keeps_what_was_reserved(
    review: Review, job: Job, clock: FakeClock, used: Used
) -> None:
    before = await used(job.guild_id, job.user_id, clock.now())
    assert (before.day, before.at_once) == (1, 0)  # a place in the day alone

    approved = await review.approve(MO, job.id)

    assert (approved.state, approved.decided_by) == (JobState.QUEUED, MO.user_id)
    after = await used(job.guild_id, job.user_id, clock.now())
    assert (after.day, after.at_once) == (1, 1)


async def test_denial_is_free_and_told_with_its_reason(
    review: Review, job: Job, clock: FakeClock, used: Used
) -> None:
    denied = await review.deny(MO, job.id, "  not here ")

    assert (denied.state, denied.decision_reason) == (JobState.DENIED, "not here")
    assert denied.notice_due_at == clock.now()
    assert denied.failure is None
    assert (await used(job.guild_id, job.user_id, clock.now())).day == 0


async def test_blocking_denies_and_the_requester_may_ask_for_nothing(
    review: Review,
    job: Job,
    settings: SqlModerationStore,
    clock: FakeClock,
    decisions: AdmissionStore,
) -> None:
    await review.block(MO, job.id)

    block = await settings.block_of(job.guild_id, job.user_id)
    assert block is not None
    assert block.holds(clock.now())
    with pytest.raises(Refused, match="refused-blocked"):
        await Admission(decisions, make_rules(), make_gate(), FIRST_ESTIMATES).check(
            make_job(), is_restricted=False
        )


async def test_nobody_approves_a_request_of_their_own(
    review: Review, job: Job, store: JobStore
) -> None:
    me = make_actor(is_moderator=True)
    assert me.user_id == job.user_id

    with pytest.raises(NotAllowed, match="own-review"):
        await review.approve(me, job.id)

    stored = await store.get(job.id)
    assert stored is not None
    assert stored.state is JobState.AWAITING_REVIEW


@pytest.mark.parametrize("verb", ["approve", "deny", "block"])
async def test_others_decide_nothing(
    review: Review, job: Job, settings: SqlModerationStore, verb: str
) -> None:
    """Neither members nor another server's moderators, whatever the custom_id says."""
    member = make_actor(user_id=UserId(55))
    stranger = make_actor(guild_id=GuildId(98), is_moderator=True)
    reason = ["no"] if verb == "deny" else []

    with pytest.raises(NotAllowed):
        await getattr(review, verb)(member, job.id, *reason)
    with pytest.raises(NotFound):
        await getattr(review, verb)(stranger, job.id, *reason)

    assert await settings.block_of(job.guild_id, job.user_id) is None


async def test_after_a_cancellation_nothing_is_left_to_decide(
    review: Review, job: Job, store: JobStore, clock: FakeClock, database: Database
) -> None:
    cancelling = Cancelling(store, clock)
    await cancelling.cancel(job.id, make_actor(), confirmed=True)

    with pytest.raises(TooLate):
        await review.approve(MO, job.id)

    assert await decisions(database) == []


async def test_a_request_lapses_after_24_hours_and_not_before(
    review: Review, job: Job, store: JobStore, clock: FakeClock, database: Database
) -> None:
    clock.advance(24 * 3600 - 1)
    assert await review.lapse() == 0
    clock.advance(2)
    assert await review.lapse() == 1
    assert await review.lapse() == 0

    lapsed = await store.get(job.id)
    assert lapsed is not None
    assert (lapsed.state, lapsed.failure) == (JobState.DENIED, Failure.LAPSED)
    assert lapsed.notice_due_at == clock.now()
    assert await decisions(database) == ["review.lapsed"]
    with pytest.raises(TooLate):
        await review.approve(MO, job.id)


@pytest.mark.usefixtures("settings")
async def test_without_a_fit_review_channel_spicy_is_refused(
    decisions: AdmissionStore,
) -> None:
    plain = ScriptedChannels({PLACE})
    admission = Admission(decisions, make_rules(), make_gate(plain), FIRST_ESTIMATES)

    with pytest.raises(Refused, match="refused-spicy-review"):
        await admission.check(make_job(mode=Mode.SPICY), is_restricted=True)


@pytest.mark.usefixtures("settings")
async def test_a_job_without_its_interaction_is_judged_by_the_channel_as_it_is(
    store: JobStore, clock: FakeClock, decisions: AdmissionStore
) -> None:
    """Request recovery has no interaction that says where it was."""
    admission = Admission(
        decisions,
        make_rules(),
        make_gate(ScriptedChannels({REVIEW_CHANNEL})),
        FIRST_ESTIMATES,
    )
    job = make_job(mode=Mode.SPICY)
    await store.receive(job)

    with pytest.raises(Refused, match="refused-spicy-place"):
        await admission.accept(job, clock.now(), await admission.gather(job))
