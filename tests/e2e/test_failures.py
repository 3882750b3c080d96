"""However a job fails, the channel hears of it once, in our own words."""

import asyncio
from dataclasses import replace

import pytest

from bot.demo.stage import Stage
from bot.pipeline.task_recorder import SHORTEST_LATE_WAIT_S
from sandbox.discord.faults import Fault as DiscordFault, Trouble
from sandbox.discord.invocation import File
from sandbox.evolink import Fault, Serving
from sandbox.evolink.failures import MESSAGES
from sandbox.evolink.life import Ending
from tests.e2e.channel import (
    PATIENCE_S,
    ask,
    ask_everywhere,
    posted,
    posts,
    refusal,
    settled,
)
from tests.e2e.conftest import OpenStage, quick
from tests.pictures.samples import jpeg
from tests.selection import thorough

STRANGERS_WORDS = [
    line for message in MESSAGES.values() for line in message.split("\n")
] + ["request id", "[[", "task_error", "Traceback"]


def assert_our_own_words(text: str) -> None:
    said = "\n".join(line for line in text.split("\n") if not line.startswith(">"))
    for words in STRANGERS_WORDS:
        assert words not in said


@pytest.mark.thorough
@pytest.mark.lengthy
@pytest.mark.parametrize("dialect", ["2026", *thorough("2025")])
async def test_each_failure_code_ends_in_exactly_one_notice(
    open_world: OpenStage, dialect: str
) -> None:
    """All thirteen documented codes, and a task that fails without any."""
    stage = await open_world(quick(dialect=dialect))
    markers = [f"[[fail:{code}]]" for code in MESSAGES]
    markers += ["[[fail-without-error]]", "[[cancelled]]", "[[empty]]", "[[missing]]"]

    statuses = await ask_everywhere(stage, [{"prompt": one} for one in markers])
    notices = await posts(stage, len(markers))
    lines = [await settled(stage, status) for status in statuses]

    assert len(posted(stage)) == len(markers)
    for notice in notices:
        assert notice.videos == []
        assert notice.pinged == {stage.world.member.id}
        assert_our_own_words(notice.text)
    for line in lines:
        assert_our_own_words(line)


@pytest.mark.thorough
@pytest.mark.parametrize("dialect", ["2026", *thorough("2025")])
async def test_each_refused_submit_ends_in_exactly_one_notice(
    open_world: OpenStage, dialect: str
) -> None:
    """Nothing was accepted, nothing is paid, and the channel hears of it."""
    stage = await open_world(quick(dialect=dialect))
    refused = ["400", "400:content_policy_violation", "413", "422"]

    statuses = await ask_everywhere(
        stage, [{"prompt": f"[[refuse:{one}]]"} for one in refused]
    )
    notices = await posts(stage, len(refused))

    for notice in notices:
        assert_our_own_words(notice.text)
    for status in statuses:
        assert_our_own_words(await settled(stage, status))
    assert stage.evolink.paid_tasks == 0
    assert len(posted(stage)) == len(refused)


@pytest.mark.parametrize(
    ("dialect", "refused"), [("2026", 402), *thorough(("2025", 401), ("2026", 403))]
)
async def test_a_refused_account_pauses_the_intake(
    open_world: OpenStage, dialect: str, refused: int
) -> None:
    """The job waits on; the next request is told at once; the process stays up."""
    stage = await open_world(quick(dialect=dialect))

    await ask(stage, f"[[refuse:{refused}]]")
    await stage.discord.wait_until(
        lambda: "operator needed" in stage.bot.log(), PATIENCE_S
    )

    assert "can't be made right now" in await refusal(stage, "another")
    assert stage.bot.running
    assert stage.bot.log().count("operator needed") == 1
    assert posted(stage) == []


@pytest.mark.thorough
@pytest.mark.lengthy
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (402, "token_daily_quota_exceeded"),
        *thorough(
            (402, "key_disabled"),
            (402, "key_model_not_allowed"),
            (403, "model_access_denied"),
            (404, "model_not_found"),
        ),
    ],
)
async def test_what_the_operator_has_to_change_burns_no_job(
    open_world: OpenStage, status: int, code: str
) -> None:
    """Put right, and restarted, all come; each that was refused used to fail."""
    stage = await open_world(quick())
    create = Fault(
        method="POST",
        path="/v1/videos/generations",
        answer=status,
        code=code,
        # The first refusal is heard only when all five are in the queue.
        delay_s=3.0,
        times=None,
    )
    stage.evolink.faults.add(create)

    await ask_everywhere(stage, [{"prompt": f"number {one}"} for one in range(5)])
    await stage.discord.wait_until(
        lambda: "operator needed" in stage.bot.log(), PATIENCE_S
    )
    stage.evolink.faults.clear()
    await stage.bot.stop()
    await stage.bot.start()
    clips = await posts(stage, 5)

    assert all(one.videos for one in clips)
    assert stage.evolink.paid_tasks == 5


@pytest.mark.lengthy
async def test_passing_faults_end_in_a_clip(stage: Stage) -> None:
    """Each way of failing for a moment, at each step, for several jobs."""
    add = stage.evolink.faults.add
    fault = Fault(method="POST", path="/v1/videos/generations")
    creating = (
        replace(fault, answer=429),
        replace(fault, answer=500),
        replace(fault, answer="reset"),
        replace(fault, answer="html"),
        replace(fault, answer="empty"),
    )
    fault = Fault(method="POST", path="/v1/tasks/batch")
    add(replace(fault, answer=503))
    add(replace(fault, answer="html"))
    fault = Fault(path="/acct1/.*", host="results", times=2)
    add(replace(fault, answer=500))
    add(replace(fault, answer="reset"))
    for failed in (DiscordFault(status=503), DiscordFault(trouble=Trouble.RESET)):
        post = replace(failed, method="POST", path=r"/channels/\d+/messages", times=1)
        stage.discord.faults.add(post)
    prompts = ["first", "second", "[[jump]]", "[[unknown-status]]", "[[lose-answer]]"]
    prompts += [
        "[[result-data]]",
        "[[hidden:1]]",
        "[[clip:slow:2]]",
        "[[unresolved:2]]",
    ]

    for number, one in enumerate(creating):
        # One after another: five in a row would be an outage, and waited out as one.
        add(one)
        some = prompts[number :: len(creating)]
        paid = stage.evolink.paid_tasks + len(some)
        await ask_everywhere(stage, [{"prompt": prompt} for prompt in some])
        async with asyncio.timeout(PATIENCE_S):
            while stage.evolink.paid_tasks < paid:  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.05)
    clips = await posts(stage, len(prompts), timeout_s=100)

    assert all(len(message.videos) == 1 for message in clips)
    assert len(posted(stage)) == len(prompts)
    assert stage.evolink.paid_tasks == len(prompts)


@pytest.mark.thorough
async def test_what_is_no_clip_is_not_posted(stage: Stage) -> None:
    """A web page, a picture, a coding that nobody reads: each a notice, none a file."""
    markers = ["[[clip:not-mp4]]", "[[clip:picture]]", "[[clip:ftyp]]"]

    await ask_everywhere(stage, [{"prompt": one} for one in markers])
    notices = await posts(stage, len(markers))

    assert all(message.videos == [] for message in notices)
    for notice in notices:
        assert_our_own_words(notice.text)


@pytest.mark.thorough
async def test_a_bomb_is_not_unpacked_but_linked(stage: Stage) -> None:
    """A gigabyte in a megabyte: too large is all that can be said of it."""
    await ask(stage, "[[clip:gzip-bomb:1000000000]]")
    (message,) = await posts(stage, 1)

    assert message.videos == []
    assert stage.evolink.results_url in str(message.now)


async def test_clips_are_posted_as_hosts_really_send_them(stage: Stage) -> None:
    """Paid for and playable, if only the odd answer is understood."""
    markers = [
        *("coding:aws-chunked", "coding:UTF-8", "coding:", "coding:gzip"),
        *("coding:deflate", "coding:br", "signed", "partial", "header:32000"),
    ]

    await ask_everywhere(stage, [{"prompt": f"[[clip:{one}]]"} for one in markers])
    clips = await posts(stage, len(markers), timeout_s=60)

    assert all(len(message.videos) == 1 for message in clips)


@pytest.mark.thorough
@pytest.mark.lengthy
async def test_a_dead_link_is_told_after_half_a_minute(stage: Stage) -> None:
    """Whatever the host says of it, and be it nothing that can be read."""
    markers = ["400", "401", "451", "no-http", "broken-chunk"]

    await ask_everywhere(stage, [{"prompt": f"[[clip:{one}]]"} for one in markers])
    notices = await posts(stage, len(markers), timeout_s=110)

    for notice in notices:
        assert notice.videos == []
        assert "couldn't download it" in notice.text
        assert_our_own_words(notice.text)


@pytest.mark.thorough
async def test_half_a_clip_is_fetched_again(stage: Stage) -> None:
    await ask(stage, "[[clip:half]]")
    async with asyncio.timeout(PATIENCE_S):
        while sum(one.host == "results" for one in stage.evolink.requests) < 2:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.05)
    (task,) = stage.evolink.tasks.values()
    task.life = replace(task.life, serving=Serving())
    (message,) = await posts(stage, 1)

    assert len(message.videos) == 1


async def test_a_clip_too_large_for_discord_is_linked(stage: Stage) -> None:
    """21 MiB: more than this server takes, less than would be refused to fetch."""
    await ask(stage, "[[clip:oversize:22020096]]")
    (message,) = await posts(stage, 1)

    assert stage.evolink.results_url in str(message.now)
    assert message.pinged == {stage.world.member.id}


@pytest.mark.thorough
@pytest.mark.lengthy
async def test_a_task_that_never_ends_is_given_up_and_its_late_clip_still_comes(
    open_world: OpenStage,
) -> None:
    """The notice says that it took too long; a late success follows it, free."""
    stage = await open_world(CLAPPER_POLLING__GIVE_UP_AFTER_S="3")

    status = await ask(stage, "[[never]]", image=File(name="cat.jpg", data=jpeg()))
    (notice,) = await posts(stage, 1)

    assert notice.videos == []
    assert_our_own_words(notice.text)
    assert "https://" in await settled(stage, status)
    (task,) = stage.evolink.tasks.values()
    task.life = replace(task.life, ending=Ending.COMPLETED)
    _, clip = await posts(stage, 2, timeout_s=SHORTEST_LATE_WAIT_S + PATIENCE_S)
    assert "picture.jpg" in [one.filename for one in notice.attachments]
    assert "picture.jpg" in [one.filename for one in clip.attachments]
    assert len(clip.videos) == 1


async def test_a_lost_answer_that_may_not_be_asked_for_again_is_unconfirmed(
    open_world: OpenStage,
) -> None:
    """Nobody can know; the member is told so, and nothing is sent twice."""
    stage = await open_world(CLAPPER_EVOLINK__REPLAY_SUBMITS="false")

    await ask(stage, "[[lose-answer]]")
    (notice,) = await posts(stage, 1)

    assert_our_own_words(notice.text)
    creates = [r for r in stage.evolink.requests if r.path.endswith("generations")]
    assert len(creates) == 1
