"""What people see in the channel: in every state, in both languages, for any prompt."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.ids import MessageId, UserId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.states import CANCELLABLE_STATES, OPEN_STATES, JobState
from bot.models.choices import Mode
from bot.servers.people import FORGOTTEN
from bot.texts.texts import Texts
from cogs.drawing.clip import clip_filename, clip_view, link_view
from cogs.drawing.layout import MessageView
from cogs.drawing.notice import notice_view
from cogs.drawing.status import status_looks, status_view
from tests.cogs.drawings import (
    GALLERY,
    TEXT,
    assert_fit_to_send,
    buttons_of,
    pieces,
    text_of,
)
from tests.factories import NOON, make_job
from tests.languages import LOCALES, strict_texts

ENDED = [state for state in JobState if state not in OPEN_STATES]
TEXTS = strict_texts()


def all_views(job: Job) -> list[MessageView]:
    """Draw a job in every way there is."""
    states = [
        status_view(TEXTS, replace(job, state=state), position=12345, now=NOON)
        for state in JobState
    ]
    failures = [
        notice_view(TEXTS, replace(job, failure=failure)) for failure in Failure
    ]
    linked = replace(job, result_url="https://files.example/" + "x" * 2000)
    return [
        *states,
        *failures,
        clip_view(TEXTS, job),
        clip_view(TEXTS, replace(job, late=True)),
        clip_view(TEXTS, linked, NOON),
        clip_view(TEXTS, replace(linked, late=True), NOON),
        link_view(TEXTS, linked, NOON),
        link_view(TEXTS, replace(linked, late=True), NOON),
        clip_view(TEXTS, job, with_picture=True),
        link_view(TEXTS, linked, NOON, with_picture=True),
        notice_view(TEXTS, job, with_picture=True),
    ]


def status_of(texts: Texts, position: int | None = None, **fields: Any) -> MessageView:
    return status_view(texts, make_job(**fields), position=position, now=NOON)


@given(
    prompt=st.text(
        st.one_of(st.sampled_from("*@<:🙂"), st.characters()), min_size=1, max_size=4000
    ),
    locale=st.sampled_from(LOCALES),
    mode=st.sampled_from(Mode),
)
def test_any_prompt_can_be_shown_in_every_state(
    prompt: str, locale: str, mode: Mode
) -> None:
    for view in all_views(make_job(prompt=prompt, locale=locale, mode=mode)):
        assert_fit_to_send(view)


@pytest.mark.parametrize("prompt", ["*" * 4000, "🙂" * 4000, "@" * 4000, "\ud800"])
def test_the_longest_prompts_can_be_shown_in_every_state(prompt: str) -> None:
    for locale in LOCALES:
        for view in all_views(make_job(prompt=prompt, locale=locale)):
            assert_fit_to_send(view)


@pytest.mark.parametrize("state", ENDED)
@pytest.mark.parametrize("locale", LOCALES)
def test_the_last_line_about_a_forgotten_member_names_nobody(
    state: JobState, locale: str
) -> None:
    """`<@0>` would stand in the channel for ever."""
    job = make_job(state=state, locale=locale, user_id=FORGOTTEN)

    shown = text_of(status_view(TEXTS, job, position=None, now=NOON))

    assert "<@" not in shown
    assert TEXTS.say(locale, "member-forgotten") in shown


@pytest.mark.parametrize("state", list(JobState))
def test_cancel_is_offered_while_it_is_possible(texts: Texts, state: JobState) -> None:
    """A request just received is about to become cancellable."""
    offered = "Cancel" in buttons_of(status_of(texts, state=state))

    assert offered == (state in CANCELLABLE_STATES | {JobState.RECEIVED})


@pytest.mark.parametrize("state", ENDED)
@pytest.mark.parametrize("locale", LOCALES)
def test_the_end_is_one_line(texts: Texts, state: JobState, locale: str) -> None:
    view = status_of(texts, state=state, locale=locale)

    assert [piece["type"] for piece in pieces(view)] == [TEXT]
    assert "\n" not in text_of(view)


def test_the_end_links_to_the_clip(texts: Texts) -> None:
    job = make_job(state=JobState.DELIVERED, clip_message_id=MessageId(77))
    shown = text_of(status_view(texts, job, position=None, now=NOON))

    assert (
        shown == f"✅ <@{job.user_id}>'s video is ready: "
        f"https://discord.com/channels/{job.guild_id}/{job.channel_id}/77"
    )


def test_the_end_links_to_the_notice(texts: Texts) -> None:
    shown = text_of(
        status_of(texts, state=JobState.FAILED, notice_message_id=MessageId(78))
    )

    assert shown.endswith("/78")


def test_a_late_clip_is_linked_rather_than_the_notice(texts: Texts) -> None:
    shown = text_of(
        status_of(
            texts,
            state=JobState.DELIVERED,
            notice_message_id=MessageId(78),
            clip_message_id=MessageId(79),
        )
    )

    assert shown.endswith("/79")


def test_a_waiting_job_shows_its_place(texts: Texts) -> None:
    assert "Number 3 in the queue." in text_of(
        status_of(texts, 3, state=JobState.QUEUED, locale="en-US")
    )
    assert "Du bist als Nächstes dran." in text_of(
        status_of(texts, 1, state=JobState.QUEUED, locale="de")
    )


@pytest.mark.parametrize(
    ("in_s", "shown_in_s"), [(7 * 60 + 20, 7 * 60), (61 * 60 + 40, 60 * 60)]
)
def test_a_waiting_job_shows_when_it_is_expected_as_far_as_that_is_known(
    texts: Texts, in_s: float, shown_in_s: float
) -> None:
    """By the clock, to the minute, or to five where it is far off."""
    ends = NOON + timedelta(seconds=in_s)
    shown, unknown, overdue = (
        text_of(
            status_of(
                texts, 3, state=JobState.QUEUED, locale="en-US", expected_end_at=at
            )
        )
        for at in (ends, None, NOON)
    )

    around = int(NOON.timestamp() + shown_in_s)
    assert f"Number 3 in the queue.\nExpected around <t:{around}:t>" in shown
    for one in (unknown, overdue):
        assert "Number 3 in the queue." in one
        assert "xpected" not in one
        assert "Any moment" not in one


def test_who_waits_for_a_day_reads_the_date_too(texts: Texts) -> None:
    shown = text_of(
        status_of(
            texts,
            3000,
            state=JobState.QUEUED,
            expected_end_at=NOON + timedelta(hours=20),
        )
    )

    assert f"<t:{int(NOON.timestamp()) + 20 * 3600}:f>" in shown


def test_a_job_being_made_shows_how_far_it_is(texts: Texts) -> None:
    ends = NOON + timedelta(seconds=60)
    shown = text_of(
        status_of(
            texts,
            state=JobState.GENERATING,
            accepted_at=NOON - timedelta(seconds=60),
            expected_end_at=ends,
        )
    )

    assert "▰▰▰▰▰▱▱▱▱▱ 50%" in shown
    # Other than "in 60 seconds" it does not go on by itself to "4 seconds ago".
    assert f"Expected around <t:{int(ends.timestamp())}:t>" in shown


def test_a_clip_that_is_hard_to_deliver_is_not_passed_over_in_silence(
    texts: Texts,
) -> None:
    job = make_job(state=JobState.DELIVERING)
    often = replace(job, delivery_attempts=3)

    usual, slow = (
        text_of(status_view(texts, one, position=None, now=NOON))
        for one in (job, often)
    )

    assert "longer than usual" not in usual
    assert "longer than usual" in slow
    assert (
        len({status_looks(one, position=None, now=NOON) for one in (job, often)}) == 2
    )


def test_an_overdue_job_does_not_promise_the_past(texts: Texts) -> None:
    shown = text_of(
        status_of(
            texts,
            state=JobState.GENERATING,
            accepted_at=NOON - timedelta(seconds=60),
            expected_end_at=NOON - timedelta(seconds=1),
        )
    )

    assert "Any moment now" in shown
    assert "<t:" not in shown


@pytest.mark.parametrize(
    ("submitted", "said"), [(None, "doesn't count"), (NOON, "It counts")]
)
def test_a_cancelled_job_says_what_it_costs(
    texts: Texts, submitted: object, said: str
) -> None:
    shown = text_of(
        status_of(texts, state=JobState.CANCELLED, first_submit_at=submitted)
    )

    assert said in shown


def test_the_clip_plays_in_place(texts: Texts) -> None:
    job = make_job()
    (gallery,) = (
        piece for piece in pieces(clip_view(texts, job)) if piece["type"] == GALLERY
    )
    (item,) = gallery["items"]

    assert item["media"]["url"] == f"attachment://{clip_filename(job.id)}"
    assert item["spoiler"] is False
    assert item["description"] == job.request.prompt


def test_a_spicy_clip_is_under_a_spoiler(texts: Texts) -> None:
    view = clip_view(texts, make_job(mode=Mode.SPICY))
    (gallery,) = (piece for piece in pieces(view) if piece["type"] == GALLERY)

    assert gallery["items"][0]["spoiler"] is True


@pytest.mark.parametrize("view", [link_view, clip_view])
def test_a_spicy_link_is_under_a_spoiler(
    texts: Texts, view: Callable[[Texts, Job, datetime], MessageView]
) -> None:
    job = make_job(mode=Mode.SPICY, result_url="https://files.example/a.mp4")

    assert "||<https://files.example/a.mp4>||" in text_of(view(texts, job, NOON))


@pytest.mark.parametrize("view", [link_view, clip_view])
def test_a_link_says_until_when_it_works(
    texts: Texts, view: Callable[[Texts, Job, datetime], MessageView]
) -> None:
    job = make_job(result_url="https://files.example/a.mp4?sig=1")
    shown = text_of(view(texts, job, NOON))

    assert "<https://files.example/a.mp4?sig=1>" in shown
    assert f"<t:{int(NOON.timestamp())}:f>" in shown


def test_a_smaller_copy_says_that_it_is_one(texts: Texts) -> None:
    job = make_job(result_url="https://files.example/a.mp4?sig=1")

    assert "smaller copy" in text_of(clip_view(texts, job, NOON))
    assert "smaller copy" not in text_of(clip_view(texts, job))


def test_clip_and_notice_mention_the_requester(texts: Texts) -> None:
    job = make_job(failure=Failure.GAVE_UP)

    assert f"<@{job.user_id}>" in text_of(clip_view(texts, job))
    assert f"<@{job.user_id}>" in text_of(notice_view(texts, job))


def test_a_late_clip_says_so(texts: Texts) -> None:
    assert "Better late than never" in text_of(clip_view(texts, make_job(late=True)))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_late_link_greets_its_member_once(texts: Texts, locale: str) -> None:
    job = make_job(locale=locale, late=True, result_url="https://files.example/a.mp4")
    shown = text_of(link_view(texts, job, NOON))

    assert shown.count(f"<@{job.user_id}>") == 1


@pytest.mark.parametrize(("locale", "counts"), [("en-US", "count"), ("de", "zählt")])
@pytest.mark.parametrize("failure", list(Failure))
def test_a_notice_says_once_that_nothing_counts(
    texts: Texts, failure: Failure, locale: str, counts: str
) -> None:
    job = make_job(failure=failure, reference="0a1b2c3d", locale=locale)

    assert text_of(notice_view(texts, job)).count(counts) == 1


def test_a_notice_says_why_and_what_it_costs(texts: Texts) -> None:
    shown = text_of(notice_view(texts, make_job(failure=Failure.UNDECODABLE)))

    assert "compressed" in shown
    assert "doesn't count" in shown


def test_a_notice_of_an_unexpected_error_holds_the_reference(texts: Texts) -> None:
    job = make_job(failure=Failure.UNEXPECTED, reference="0a1b2c3d")

    assert "`0a1b2c3d`" in text_of(notice_view(texts, job))


def test_a_denial_is_not_called_a_failure(texts: Texts) -> None:
    shown = text_of(notice_view(texts, make_job(state=JobState.DENIED)))

    assert "didn't approve" in shown


def test_a_spicy_notice_keeps_the_prompt_to_itself(texts: Texts) -> None:
    """The place may no longer be one where it may stand."""
    job = make_job(mode=Mode.SPICY, prompt="velvet", failure=Failure.PLACE_FORBIDDEN)

    assert "velvet" not in text_of(notice_view(texts, job))


def test_the_buttons_of_clip_and_notice_differ(texts: Texts) -> None:
    """A search for the one must not find the other."""
    job = make_job()
    clip = buttons_of(clip_view(texts, job))
    notice = buttons_of(notice_view(texts, job))

    assert list(clip) == ["Again", "Edit", "Delete", "Report"]
    assert list(notice) == ["Again", "Edit"]
    assert not set(clip.values()) & set(notice.values())


async def test_discord_py_is_not_asked_to_remember_a_view(texts: Texts) -> None:
    assert clip_view(texts, make_job()).is_finished()


VARIANTS: dict[str, tuple[Any, ...]] = {
    "state": tuple(JobState),
    "user_id": (UserId(77),),
    "locale": ("de",),
    "request": (
        replace(make_job().request, prompt="another"),
        replace(make_job().request, duration_s=10),
        replace(make_job().request, mode=Mode.SPICY),
    ),
    "first_submit_at": (NOON,),
    "clip_message_id": (MessageId(5), MessageId(6)),
    "notice_message_id": (MessageId(5), MessageId(7)),
    "progress": (30, 34, 100),
    "accepted_at": (NOON - timedelta(seconds=60),),
    "expected_end_at": tuple(NOON + timedelta(seconds=n) for n in (-1, 0, 60, 61)),
    "failure": tuple(Failure),
}


@pytest.mark.parametrize("state", list(JobState))
def test_what_looks_the_same_is_drawn_the_same(state: JobState) -> None:
    """A status message is edited only where it looks new: nothing may stay unshown."""
    job = make_job(state=state)
    expected = NOON + timedelta(seconds=60)
    made = replace(job, accepted_at=NOON, expected_end_at=expected)
    jobs = [
        replace(base, **{field: value})
        for base in (job, made)
        for field, values in VARIANTS.items()
        for value in values
    ]
    drawn: dict[object, set[str]] = {}
    for one in (job, made, *jobs):
        for position in (None, 1, 2):
            for now in (NOON, NOON + timedelta(seconds=40)):
                looks = status_looks(one, position=position, now=now)
                view = status_view(TEXTS, one, position=position, now=now)
                drawn.setdefault(looks, set()).add(str(pieces(view)))

    assert [looks for looks, views in drawn.items() if len(views) > 1] == []
    assert len(drawn) > 1
