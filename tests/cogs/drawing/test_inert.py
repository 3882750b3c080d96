"""Whatever people write, nobody but the requester is called, and Discord takes it.

What a message mentions is decided by the stand-in's reading of Discord's rules, and
what a body may hold by the stand-in's rules and, where it is there, Discord's schema.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from bot.ids import ChannelId, MessageId, UserId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.models.choices import Mode
from bot.models.profile import PROMPT_MAX_CHARS
from bot.moderation.history import HistoryPage
from bot.moderation.ports import AuditRow
from bot.moderation.records import (
    Applies,
    Card,
    CardKind,
    ModerationSettings,
    Report,
    ReportState,
    WordKind,
    WordRule,
)
from bot.servers.audit import REASON_MAX_CHARS, AuditEntry
from cogs.drawing.audit_lines import log_view
from cogs.drawing.cards import card_view
from cogs.drawing.clip import clip_view, link_view
from cogs.drawing.layout import MessageView
from cogs.drawing.markup import inert
from cogs.drawing.moderation_views import history_view, words_view
from cogs.drawing.notice import notice_view
from cogs.drawing.status import status_view
from sandbox.discord.composition import Composition
from sandbox.discord.mentions import Allowances, mentions_in
from sandbox.discord.schema import RequestSchema
from tests.cogs.drawings import assert_fit_to_send, text_of
from tests.factories import NOON, make_job
from tests.languages import LOCALES, strict_texts

REQUESTER = make_job().user_id
MODERATOR = UserId(1_300_000_000_000_000_077)
TEXTS = strict_texts()

_NASTY = st.sampled_from(
    [
        "@everyone", "@here", "<@1300000000000000099>", "<@!1300000000000000099>",
        "<@&1300000000000000088>", "<#1300000000000000002>", "</video:1>", "<t:0:R>",
        "<a:x:1300000000000000001>", "https://discord.gg/abc", "discord.gg/abc",
        "[click](https://evil.example)", "**bold**", "__u__", "~~s~~", "||spoiler||",
        "```js\n", "`", "> quote", ">>> all", "# head", "-# small", "- list", "1. one",
        "\n", "\r\n", "\u2028", "\u202e", "\u2066", "\\", "\\\\",
        "\u200b", "\x00", "\ud83c",
        "🏳️‍🌈", "e\u0301" * 20, "﷽",
        "{ $member }", "{", "}", "_ _", "<", ">", "(", ")",
        "clapper:cancel:0123456789abcdef:status", "✅ Approved by <@1>.",
    ]
)  # fmt: skip
WORDS = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(_NASTY, st.text(max_size=8)), max_size=60).map("".join),
    _NASTY.map(lambda one: one * 500),
)
PROMPTS = WORDS.map(lambda one: one[:PROMPT_MAX_CHARS] or "x")
REASONS = WORDS.map(lambda one: one[:REASON_MAX_CHARS] or "x")


def public_views(job: Job) -> Iterator[MessageView]:
    """Draw everything that the job's channel sees, in all its stages."""
    yield clip_view(TEXTS, job)
    yield clip_view(TEXTS, job, NOON + timedelta(hours=1))
    yield link_view(TEXTS, job, NOON + timedelta(hours=1))
    yield notice_view(TEXTS, job)
    yield clip_view(TEXTS, job, with_picture=True)
    yield link_view(TEXTS, job, NOON + timedelta(hours=1), with_picture=True)
    yield notice_view(TEXTS, job, with_picture=True)
    for state in (JobState.AWAITING_REVIEW, JobState.QUEUED, JobState.DENIED):
        moved = replace(job, state=state)
        yield status_view(TEXTS, moved, position=3, now=NOON)
    yield notice_view(TEXTS, replace(job, state=JobState.DENIED, failure=None))


def moderators_views(job: Job, reason: str) -> Iterator[MessageView]:
    """Draw everything that moderators see of the same words."""
    card = Card(
        id="0" * 16,
        kind=CardKind.REVIEW,
        guild_id=job.guild_id,
        job_id=job.id,
        report_id=None,
        channel_id=ChannelId(3),
        message_id=None,
        due_at=NOON,
        intended_at=None,
        attempts=0,
        fence=0,
    )
    for state in (JobState.AWAITING_REVIEW, JobState.DENIED):
        moved = replace(job, state=state, decided_by=MODERATOR)
        yield card_view(TEXTS, card, moved, None, show_prompt=True)
    for became in ReportState:
        report = Report(
            id="1" * 16,
            guild_id=job.guild_id,
            job_id=job.id,
            reporter_id=MODERATOR,
            reason=reason,
            at=NOON,
            state=became,
            decided_by=MODERATOR,
        )
        for kind in (CardKind.REPORT, CardKind.OPERATOR_REPORT):
            of_kind = Card(
                id="0" * 16,
                kind=kind,
                guild_id=job.guild_id,
                job_id=job.id,
                report_id=report.id,
                channel_id=ChannelId(3),
                message_id=None,
                due_at=NOON,
                intended_at=None,
                attempts=0,
                fence=0,
            )
            yield card_view(TEXTS, of_kind, job, report, show_prompt=True)
    entry = AuditEntry(
        guild_id=job.guild_id,
        actor_id=MODERATOR,
        at=NOON,
        action="moderation.word",
        subject="server",
        before={"pattern": reason},
        after={"pattern": reason},
        reason=reason,
    )
    rows = [AuditRow(id=number, entry=entry) for number in range(8)]
    for locale in LOCALES:
        yield log_view(TEXTS, locale, rows[0], job, number=1)
        page = HistoryPage(rows=rows, number=1, pages=2, member=None)
        yield history_view(TEXTS, locale, page)
        rules = tuple(
            WordRule(pattern=reason[:200], kind=kind, applies=applies)
            for kind in WordKind
            for applies in Applies
        )
        yield words_view(TEXTS, locale, ModerationSettings(words=rules * 50))


def called_by(view: MessageView) -> set[int]:
    """Return whom a message would call if everything in it were allowed to."""
    wide = Allowances(parse=("users", "roles", "everyone"))
    composition = Composition(
        at_s=0.0, components=tuple(item.to_component_dict() for item in view.children)
    )
    mentioned = mentions_in(composition, wide, None)
    assert not mentioned.everyone
    assert "@everyone" not in text_of(view)
    assert "@here" not in text_of(view)
    return set(mentioned.users)


@pytest.mark.thorough
@settings(max_examples=80)
@given(PROMPTS, REASONS, st.sampled_from(Mode))
def test_no_prompt_calls_anybody_but_the_requester(
    prompt: str, reason: str, mode: Mode
) -> None:
    """Even if everybody were allowed to be called, which they are not either."""
    job = make_job(
        prompt=prompt,
        mode=mode,
        failure=Failure.BLOCKED,
        clip_message_id=MessageId(1_300_000_000_000_000_066),
        result_url="https://files.example/clip.mp4",
        decision_reason=reason,
    )
    for view in public_views(job):
        assert called_by(view) <= {REQUESTER}
        assert_fit_to_send(view)
    for view in moderators_views(job, reason):
        assert called_by(view) <= {REQUESTER, MODERATOR}
        assert_fit_to_send(view)


@settings(max_examples=300)
@given(WORDS)
def test_words_stay_on_one_line_and_end_where_we_end_them(words: str) -> None:
    """No line of ours can be imitated, and no escape is left open at the end."""
    shown = inert(words, 200)

    assert len(shown) <= 2 * 200 + 2 * shown.count("\u200b")
    assert shown.splitlines() in ([], [shown])
    trailing = len(shown) - len(shown.rstrip("\\"))
    assert trailing % 2 == 0


@pytest.fixture(scope="module")
def schema() -> RequestSchema:
    path = os.environ.get("DISCORD_OPENAPI")
    if path is None:
        pytest.skip("DISCORD_OPENAPI names no copy of Discord's schema")
    return RequestSchema.load(Path(path))


@settings(max_examples=25)
@given(PROMPTS, REASONS)
def test_every_message_fits_discords_own_schema(
    schema: RequestSchema, prompt: str, reason: str
) -> None:
    job = make_job(
        prompt=prompt, decision_reason=reason, result_url="https://files.example/a.mp4"
    )
    for view in (*public_views(job), *moderators_views(job, reason)):
        shown = [item.to_component_dict() for item in view.children]
        body = {"flags": 1 << 15, "components": shown}
        assert schema.fault("POST", "/channels/1/messages", body) is None
