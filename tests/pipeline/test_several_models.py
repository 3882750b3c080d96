"""What happens to a job whose model is one of several, is refused, or is gone."""

from datetime import timedelta

import pytest

from bot.errors import AccountFault, AccountRefused, EvolinkUnsure
from bot.jobs.failures import Failure
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.models.choices import Aspect
from bot.operations.account import AccountGate
from storage.database.engine import Database
from storage.pictures.store import keep_picture
from tests.clock import FakeClock
from tests.factories import PICTURE_ID, make_request
from tests.offers import SEVERAL
from tests.pipeline.conftest import MakeDispatcher
from tests.pipeline.dispatching import turn, turns
from tests.pipeline.outside import RecordingOperator, ScriptedEvolink, accepted
from tests.pipeline.stages import Stages

GROK, SEEDANCE, SORA = (one.name for one in SEVERAL.models)
NO_SUCH_MODEL = AccountRefused("403", fault=AccountFault.MODEL)


async def test_one_refused_model_stops_neither_the_others_nor_intake(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    account: AccountGate,
    operator: RecordingOperator,
) -> None:
    refused = await stages.queued(model=SORA, duration_s=4)
    evolink.submit_answers += [NO_SUCH_MODEL, accepted("task-2")]
    dispatcher = make_dispatcher(models=(GROK, SEEDANCE, SORA))

    await turn(dispatcher)
    taken = await stages.queued(model=SEEDANCE, duration_s=4)
    await turn(dispatcher)

    now = await stages.now(refused)
    assert (now.state, now.failure) == (JobState.FAILED, Failure.MODEL_REFUSED)
    assert (await stages.now(taken)).state is JobState.GENERATING
    assert await stages.used(taken) == 1, "the refused one is free"
    assert not account.paused
    assert operator.events == ["model-refused"]


async def test_the_operator_hears_of_a_refused_model_once_a_day(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    operator: RecordingOperator,
    clock: FakeClock,
) -> None:
    dispatcher = make_dispatcher(models=(GROK, SORA))
    for _ in range(3):
        await stages.queued(model=SORA, duration_s=4)
    evolink.submit_answers += [NO_SUCH_MODEL] * 5

    await turn(dispatcher)
    assert operator.events == ["model-refused"]
    clock.advance(timedelta(days=1).total_seconds())
    await stages.queued(model=SORA, duration_s=4)
    await turn(dispatcher)

    assert operator.events == ["model-refused"] * 2


async def test_the_only_model_pauses_intake_as_ever(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    account: AccountGate,
    operator: RecordingOperator,
) -> None:
    job = await stages.queued()
    evolink.submit_answers.append(NO_SUCH_MODEL)

    await turn(make_dispatcher())

    assert account.paused
    assert (await stages.now(job)).state is JobState.QUEUED
    assert operator.events == ["intake-paused"]


async def test_a_refused_model_for_pictures_does_not_stop_words(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    account: AccountGate,
    operator: RecordingOperator,
    database: Database,
) -> None:
    """One model, and what makes its clips from pictures: as it is by default."""
    use = PictureUse(kind=PictureKind.ATTACHED, owner_id=None)
    refused = await stages.queued(picture=use)
    await database.write(lambda one: keep_picture(one, refused.id, b"a JPEG"))
    evolink.submit_answers += [NO_SUCH_MODEL, accepted("task-2")]
    dispatcher = make_dispatcher(picture_id=PICTURE_ID)

    await turn(dispatcher)
    words = await stages.queued()
    await turn(dispatcher)

    now = await stages.now(refused)
    assert (now.state, now.failure) == (JobState.FAILED, Failure.MODEL_REFUSED)
    assert (await stages.now(words)).state is JobState.GENERATING
    assert not account.paused
    told = [(event, values["model"]) for event, values in operator.told]
    assert told == [("model-refused", PICTURE_ID)]


async def test_the_only_model_for_words_pauses_intake_though_pictures_are_taken(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    account: AccountGate,
    operator: RecordingOperator,
) -> None:
    """There is nothing else that its requester could choose."""
    job = await stages.queued()
    evolink.submit_answers.append(NO_SUCH_MODEL)

    await turn(make_dispatcher(picture_id=PICTURE_ID))

    assert account.paused
    assert (await stages.now(job)).state is JobState.QUEUED
    assert operator.events == ["intake-paused"]


async def test_a_refused_model_after_a_lost_answer_leaves_the_doubt(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    """The second request was not taken. The first one may have been."""
    job = await stages.queued(model=SORA, duration_s=4)
    evolink.submit_answers += [EvolinkUnsure("lost"), NO_SUCH_MODEL]
    dispatcher = make_dispatcher(models=(GROK, SORA))

    await turn(dispatcher)
    await turns(dispatcher, clock, 10)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.UNCONFIRMED, Failure.UNCONFIRMED)


@pytest.mark.parametrize("models", [(GROK, SEEDANCE), (SEEDANCE, GROK)])
async def test_a_queued_job_keeps_its_model_for_as_long_as_that_is_offered(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    models: tuple[str, str],
) -> None:
    job = await stages.queued(model=SEEDANCE, duration_s=10, quality="480p")
    evolink.submit_answers.append(accepted("task-1"))

    await turn(make_dispatcher(models=models))

    request = (await stages.now(job)).request
    assert (request.model, request.quality) == (SEEDANCE, "480p")


async def test_a_queued_job_of_a_model_that_is_gone_is_made_by_the_first(
    make_dispatcher: MakeDispatcher, stages: Stages, evolink: ScriptedEvolink
) -> None:
    job = await stages.queued(
        model=SEEDANCE,
        duration_s=8,
        quality="480p",
        sound=False,
        aspect=Aspect.TALL,
    )
    evolink.submit_answers.append(accepted("task-1"))

    await turn(make_dispatcher(models=(SORA, GROK)))

    request = (await stages.now(job)).request
    assert (request.model, request.quality, request.sound) == (SORA, None, None)
    assert (request.duration_s, request.aspect) == (8, Aspect.TALL)


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (SEEDANCE, "seedance-2.0-fast-image-to-video"),
        # Sora wants a picture of exactly its size, and this one is prepared already.
        (SORA, PICTURE_ID),
        # It hands pictures to a model that is switched off here.
        (GROK, PICTURE_ID),
    ],
)
def test_a_queued_job_with_a_picture_goes_to_the_first_model_for_pictures(
    make_dispatcher: MakeDispatcher, first: str, expected: str
) -> None:
    request = make_request(picture=PictureUse(kind=PictureKind.ATTACHED, owner_id=None))

    found = make_dispatcher(models=(first,))._submitter._in_use(request)

    assert found.model == expected
    assert found.picture == request.picture
