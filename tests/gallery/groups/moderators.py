"""What moderators see: cards, `/moderation`, the history and the log channel."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.models.choices import Mode
from bot.moderation.administration import Purpose
from bot.moderation.policy import PicturesPolicy, SpicyPolicy
from bot.moderation.records import (
    Applies,
    ModerationSettings,
    Report,
    ReportState,
    WordKind,
    WordRule,
)
from bot.servers.places import Permission
from cogs.drawing.cards import report_view, review_view
from cogs.drawing.custom_ids import CardAct, card_button
from cogs.drawing.layout import PICTURE_FILENAME
from cogs.drawing.markup import date_and_time, mention
from cogs.drawing.moderation_views import (
    channel_removed,
    channel_warnings,
    settings_view,
    words_view,
)
from cogs.moderation.reason_modal import ReasonModal
from tests.gallery.scene import NOW, Entry, Scene, channel_id, picture_bytes
from tests.offers import PLAIN, SEVERAL


def reviews(scene: Scene) -> Iterator[Entry]:
    """Draw the card of a spicy request, until its end."""
    asked = scene.job(
        mode=Mode.SPICY,
        state=JobState.AWAITING_REVIEW,
        channel_id=channel_id(scene.world.restricted),
    )
    why = "Please no real people."

    def card(caption: str, job: Job, *, show_prompt: bool = True) -> Entry:
        view = review_view(scene.texts, job, show_prompt=show_prompt)
        return Entry(caption=caption, shows=view)

    yield card("To approve", asked)
    yield card("The channel is not age-restricted", asked, show_prompt=False)
    decided = replace(asked, decided_by=scene.mo)
    yield card("Approved", replace(decided, state=JobState.QUEUED))
    denied = replace(decided, state=JobState.DENIED)
    yield card("Denied", replace(denied, decision_reason=why))
    yield card("Lapsed", replace(asked, state=JobState.DENIED))
    yield card("Cancelled", replace(asked, state=JobState.CANCELLED))
    modal = ReasonModal(
        title=scene.say("modal-deny-title"),
        label=scene.say("modal-deny-reason"),
        custom_id=card_button(CardAct.DENY, asked.id),
        required=False,
    )
    yield Entry(caption="Deny", shows=modal)


def reports(scene: Scene) -> Iterator[Entry]:
    """Draw the card of a report, until its end."""
    job = scene.with_clip(state=JobState.DELIVERED)
    report = Report(
        id="f00df00df00df00d",
        guild_id=scene.guild_id,
        job_id=job.id,
        reporter_id=scene.ben,
        reason="This shows somebody I know.",
        at=NOW - timedelta(minutes=5),
    )

    def card(
        caption: str,
        report: Report,
        *,
        with_buttons: bool = True,
        with_picture: bool = False,
    ) -> Entry:
        view = report_view(
            scene.texts,
            job,
            report,
            show_prompt=True,
            with_buttons=with_buttons,
            with_picture=with_picture,
        )
        files = {PICTURE_FILENAME: picture_bytes()} if with_picture else {}
        return Entry(caption=caption, shows=view, files=files)

    yield card("A report", report)
    yield card(
        "A report of a clip that begins with a picture", report, with_picture=True
    )
    yield card("The operator's copy", report, with_buttons=False)
    removed = replace(report, state=ReportState.REMOVED)
    yield card("Removed", replace(removed, decided_by=scene.mo))
    yield card("Deleted by its member", removed)
    dismissed = replace(report, state=ReportState.DISMISSED, decided_by=scene.mo)
    yield card("Kept", dismissed)


def presses(scene: Scene) -> Iterator[Entry]:
    """Say what a press on a card did."""
    for act in CardAct:
        text_id = f"card-done-{act.name.lower()}"
        said = scene.say(text_id, member=mention(scene.mia))
        yield Entry(caption=act.name.replace("_", " ").capitalize(), shows=said)


def settings(scene: Scene) -> Iterator[Entry]:
    """Draw `/moderation view` and what its commands answer."""
    review, log = channel_id(scene.world.review), channel_id(scene.world.log)
    words = tuple(
        WordRule(pattern=f"word-{number}", kind=WordKind.WORD, applies=Applies.ALWAYS)
        for number in range(12)
    )
    full = ModerationSettings(
        policy=SpicyPolicy.REVIEW,
        spicy_role_ids=frozenset({scene.world.moderator_role.id}),
        review_channel_id=review,
        log_channel_id=log,
        words=words,
    )

    def shown(caption: str, settings: ModerationSettings, *warnings: str) -> Entry:
        view = settings_view(scene.texts, scene.locale, settings, PLAIN, warnings)
        return Entry(caption=caption, shows=view)

    def models(caption: str, **settings: Any) -> Entry:
        view = settings_view(
            scene.texts, scene.locale, ModerationSettings(**settings), SEVERAL, []
        )
        return Entry(caption=caption, shows=view)

    def warned(
        caption: str,
        settings: ModerationSettings,
        lacks: tuple[Permission, ...] | None = (),
        *,
        restricted: bool = True,
    ) -> Entry:
        warnings = channel_warnings(
            scene.texts,
            scene.locale,
            settings,
            review_lacks=lacks,
            review_restricted=restricted,
            log_lacks=lacks,
        )
        return shown(caption, settings, *warnings)

    yield shown("/moderation view, nothing set", ModerationSettings())
    yield shown("/moderation view", full)
    one = replace(full, policy=SpicyPolicy.RESTRICTED, words=words[:1])
    yield shown("Spicy without approval, one word", one)
    for policy in PicturesPolicy:
        yield shown(f"Pictures: {policy}", ModerationSettings(pictures=policy))
    yield models("Several models")
    yield models(
        "Several models, one barred",
        barred_models=frozenset({"grok-imagine-text-to-video"}),
        default_model="sora-2-preview",
    )
    nowhere = replace(full, review_channel_id=None)
    yield warned("No review channel", nowhere)
    yield warned("Not age-restricted", full, restricted=False)
    yield warned("Channels that are gone", full, None)
    lacks = (Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES)
    yield warned("Missing permissions", full, lacks)
    empty = replace(full, review_channel_id=None, log_channel_id=None)
    for purpose in Purpose:
        removed = channel_removed(scene.texts, scene.locale, purpose, full, empty)
        yield shown(f"/moderation channel {purpose}, none named", empty, *removed)


def words(scene: Scene) -> Iterator[Entry]:
    """Draw `/moderation words`."""
    some = (
        WordRule(pattern="gore", kind=WordKind.WORD, applies=Applies.ALWAYS),
        WordRule(pattern=r"\bbl[o0]{2}d", kind=WordKind.REGEX, applies=Applies.SPICY),
    )
    many = tuple(
        WordRule(
            pattern=f"{'x' * 90}{number}", kind=WordKind.WORD, applies=Applies.ALWAYS
        )
        for number in range(40)
    )
    for caption, rules in (
        ("No words", ()),
        ("/moderation words", some),
        ("More words than fit", many),
    ):
        view = words_view(scene.texts, scene.locale, ModerationSettings(words=rules))
        yield Entry(caption=caption, shows=view, pictured=rules is not many)


def blocks(scene: Scene) -> Iterator[Entry]:
    """Say what `/moderation block`, `unblock` and `export` did."""
    member = mention(scene.ben)
    until = date_and_time(scene.later(days=7))
    yield Entry(
        caption="/moderation block", shows=scene.say("blocked-member", member=member)
    )
    yield Entry(
        caption="/moderation block, for a week",
        shows=scene.say("blocked-member-until", member=member, until=until),
    )
    yield Entry(
        caption="/moderation unblock",
        shows=scene.say("unblocked-member", member=member),
    )
    for days in (1, 90):
        yield Entry(
            caption=f"/moderation export, {days} days",
            shows=scene.say("history-table", days=days),
            files={"clapper-audit.csv": b"id\r\n"},
        )
