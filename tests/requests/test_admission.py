"""The deciding transaction runs on the database's thread, and takes nothing but values.

What the event loop shares (discord.py's memory, what was found of prompts) is gathered
before, on the loop.
"""

import threading

import pytest

from bot.errors import Refused
from bot.ids import ChannelId, GuildId, UserId
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.video import Mode
from bot.moderation.administration import Moderation, Purpose
from bot.moderation.policy import PicturesPolicy, SpicyPolicy
from bot.moderation.prompt_check import PromptCheck, PromptFinding
from bot.moderation.records import Applies, WordKind, WordRule
from bot.requests.admission import Admission, AdmissionStore
from bot.requests.moderation_gate import ModerationGate
from storage.database.engine import Database
from storage.moderation.store import SqlModerationStore
from tests.channels import ScriptedChannels
from tests.clock import FakeClock
from tests.factories import make_job, make_rules
from tests.servers.people import make_actor

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
    return Admission(decisions, make_rules(), gate)


@pytest.mark.usefixtures("moderation")
@pytest.mark.parametrize("is_recovered", [False, True], ids=["at once", "recovered"])
async def test_nothing_of_the_loops_is_touched_on_the_databases_thread(
    store: JobStore, admission: Admission, clock: FakeClock, *, is_recovered: bool
) -> None:
    job = make_job(mode=Mode.SPICY)
    if is_recovered:
        screening = await admission.screen(job)
    else:
        screening = (await admission.check(job, is_restricted=True)).screening
    await store.receive(job)

    accepted = await admission.accept(job, clock.now(), screening)

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
        await admission.accept(job, clock.now(), checked.screening)


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
    admission = Admission(decisions, make_rules(), gate)
    job = make_job(mode=Mode.SPICY)
    checked = await admission.check(job, is_restricted=True)
    await store.receive(job)
    await moderation.set_channel(ADMIN, Purpose.REVIEW, OTHER_REVIEW)

    if is_fit:
        accepted = await admission.accept(job, clock.now(), checked.screening)
        assert accepted is not None
    else:
        with pytest.raises(Refused, match="refused-spicy-review"):
            await admission.accept(job, clock.now(), checked.screening)


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
            checked.screening,
            picture=b"a JPEG",
        )
    stored = await store.get(job.id)
    assert stored is not None
    assert stored.state is JobState.RECEIVED
