"""From the request to the clip, or to the notice that there is none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.ids import MessageId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState as S
from bot.jobs.video_settings import NOTHING_CHOSEN
from bot.models.choices import Aspect, Mode
from bot.requests.cancelling import Cancellation
from bot.requests.continuing import Continuation
from bot.servers.people import FORGOTTEN, Actor
from cogs.drawing.cancel_view import cancel_view
from cogs.drawing.clip import clip_filename, clip_view, link_view
from cogs.drawing.custom_ids import Act, MessageKind, job_button
from cogs.drawing.layout import PICTURE_FILENAME, sentence_view
from cogs.drawing.markup import mention
from cogs.drawing.notice import notice_view
from cogs.drawing.status import status_view
from cogs.moderation.reason_modal import ReasonModal
from cogs.videos.animate import AnimateModal
from cogs.videos.continue_modal import ContinueModal
from cogs.videos.edit_modal import EditModal
from sandbox.clips import clip_bytes
from tests.gallery.scene import NOW, Entry, Scene, picture_bytes
from tests.offers import BETA, PICTURES, PLAIN, SEVERAL, WAN, make_offer

FROM_PICTURE = PictureUse(kind=PictureKind.POSTED, owner_id=None)
FRAME = PictureUse(kind=PictureKind.FRAME, owner_id=None)
ENDED = {
    S.DELIVERED: "delivered",
    S.FAILED: "failed",
    S.UNDELIVERABLE: "made, but it cannot be posted",
    S.UNCONFIRMED: "nobody knows whether EvoLink took the request",
    S.DENIED: "a moderator denied it",
}


def status(scene: Scene) -> Iterator[Entry]:
    """Draw the status message in every state."""

    def shown(caption: str, position: int | None = None, **fields: Any) -> Entry:
        view = status_view(scene.texts, scene.job(**fields), position=position, now=NOW)
        return Entry(caption=caption, shows=view)

    making: dict[str, Any] = {
        "state": S.GENERATING,
        "accepted_at": NOW - timedelta(seconds=60),
    }
    yield shown("Just received", state=S.RECEIVED)
    yield shown("Waits for approval", state=S.AWAITING_REVIEW, mode=Mode.SPICY)
    yield shown("Queued, next", 1, state=S.QUEUED)
    yield shown("Queued, seventh", 7, state=S.QUEUED)
    yield shown("On its way to EvoLink", state=S.SUBMITTING)
    yield shown("Being made", **making, expected_end_at=NOW + timedelta(seconds=84))
    yield shown("Later than expected", **making, expected_end_at=NOW)
    yield shown("Being made, nobody knows until when", state=S.GENERATING)
    yield shown("Being posted", state=S.DELIVERING)
    yield shown("Being posted, with trouble", state=S.DELIVERING, delivery_attempts=3)
    dear: dict[str, Any] = {"shows_price": True, "credits_estimated": 4.92}
    yield shown("Queued, with its estimate", 1, state=S.QUEUED, **dear)
    yield shown("Being made, with its price", **making, **dear, credits_reserved=5.0)
    guess: dict[str, Any] = {"shows_price": True, "credits_estimated": None}
    yield shown("Of a price that nobody knows yet", 1, state=S.QUEUED, **guess)
    picture: dict[str, Any] = {"state": S.SUBMITTING, "picture": FROM_PICTURE}
    yield shown("With a picture", **picture)
    yield shown("With a picture and without a prompt", **picture, prompt="")
    yield shown(
        "With a quality, and a long prompt",
        state=S.SUBMITTING,
        quality="720p",
        prompt=f"{scene.job().request.prompt}. " * 9,
    )


def ends(scene: Scene) -> Iterator[Entry]:
    """Draw the last line of the status message."""

    def shown(caption: str, **fields: Any) -> Entry:
        job = scene.job(**fields)
        view = status_view(scene.texts, job, position=None, now=NOW)
        return Entry(caption=caption, shows=view)

    for state, caption in ENDED.items():
        linked = "clip_message_id" if state is S.DELIVERED else "notice_message_id"
        message_id = MessageId(1_400_000_000_000_000_002)
        yield shown(f"End: {caption}", state=state, **{linked: message_id})
        yield shown(f"End: {caption}, without a link", state=state)
    yield shown("End: refused after all", state=S.REFUSED)
    yield shown("End: cancelled in the queue", state=S.CANCELLED)
    yield shown("End: cancelled too late", state=S.CANCELLED, first_submit_at=NOW)
    yield shown(
        "End: the member has erased their data", state=S.DELIVERED, user_id=FORGOTTEN
    )


def clips(scene: Scene) -> Iterator[Entry]:
    """Draw the messages that bring a clip."""

    def posted(caption: str, job: Job, original: datetime | None = None) -> Entry:
        has_picture = job.request.picture is not None
        # The shape of `picture_bytes`.
        shape = Aspect.WIDE if has_picture else job.request.aspect
        files = {clip_filename(job.id): clip_bytes(shape.value, 6)}
        if has_picture:
            files[PICTURE_FILENAME] = picture_bytes()
        view = clip_view(
            scene.texts,
            job,
            original,
            with_picture=has_picture,
            with_continue=job.request.mode is not Mode.SPICY,
        )
        return Entry(caption=caption, shows=view, files=files)

    address = {"result_url": "https://files.evolink.ai/clips/0a1b2c3d4e5f6071.mp4?s=9"}
    yield posted("The clip", scene.job())
    yield posted("The clip, after it was given up", scene.job(late=True))
    yield posted("With its price", scene.job(shows_price=True, credits_used=1.0))
    yield posted("A spicy clip", scene.job(mode=Mode.SPICY))
    yield posted("A clip that begins with a picture", scene.job(picture=FROM_PICTURE))
    wordless = scene.job(picture=FROM_PICTURE, prompt="")
    yield posted("The same, without a prompt", wordless)
    yield posted("A clip that goes on from another", scene.job(picture=FRAME))
    expires = NOW + timedelta(hours=23)
    yield posted("A smaller copy", scene.job(**address), expires)
    late = scene.job(**address, late=True)
    yield posted("A smaller copy, after it was given up", late, expires)
    for caption, job in (
        ("Too large for Discord", scene.job(**address)),
        ("The same, late", scene.job(**address, late=True)),
        ("The same, spicy", scene.job(**address, mode=Mode.SPICY)),
    ):
        yield Entry(caption=caption, shows=link_view(scene.texts, job, expires))
    job = scene.job(**address, picture=FROM_PICTURE)
    yield Entry(
        caption="The same, with a picture",
        shows=link_view(scene.texts, job, expires, with_picture=True),
        files={PICTURE_FILENAME: picture_bytes()},
    )


def notices(scene: Scene) -> Iterator[Entry]:
    """Draw the message that says why there is no clip, for every reason."""
    for failure in Failure:
        job = scene.job(state=S.FAILED, failure=failure, reference="0a1b2c3d")
        view = notice_view(scene.texts, job)
        yield Entry(caption=f"No clip: {failure.replace('_', ' ')}", shows=view)
    job = scene.job(state=S.FAILED, failure=Failure.GAVE_UP, picture=FROM_PICTURE)
    yield Entry(
        caption="No clip, with the picture that it was to begin with",
        shows=notice_view(scene.texts, job, with_picture=True),
        files={PICTURE_FILENAME: picture_bytes()},
    )
    for caption, reason in (
        ("Denied", None),
        ("Denied with a reason", "Please no real people."),
    ):
        job = scene.job(state=S.DENIED, mode=Mode.SPICY, decision_reason=reason)
        yield Entry(caption=caption, shows=notice_view(scene.texts, job))


def presses(scene: Scene) -> Iterator[Entry]:
    """Draw what follows a press of a button."""
    mia = Actor(
        user_id=scene.mia, guild_id=scene.guild_id, is_moderator=False, is_manager=False
    )
    mo = Actor(
        user_id=scene.mo, guild_id=scene.guild_id, is_moderator=True, is_manager=False
    )

    def cancelled(caption: str, actor: Actor, *, done: bool, free: bool) -> Entry:
        outcome = Cancellation(job=scene.job(), done=done, free=free)
        view = cancel_view(scene.texts, scene.locale, outcome, actor)
        return Entry(caption=caption, shows=view)

    member = mention(scene.mia)
    yield cancelled("Cancel, in the queue", mia, done=True, free=True)
    yield cancelled("Cancel, being made", mia, done=False, free=False)
    yield cancelled("Cancel anyway", mia, done=True, free=False)
    yield cancelled("Cancel, by a moderator", mo, done=False, free=False)
    yield cancelled("Cancel anyway, by a moderator", mo, done=True, free=False)
    yield Entry(caption="Keep it", shows=sentence_view(scene.say("cancel-kept")))
    yield Entry(caption="Delete", shows=scene.say("deleted"))
    yield Entry(
        caption="Delete, by a moderator", shows=scene.say("deleted-of", member=member)
    )
    yield Entry(caption="Delete, of a free one", shows=scene.say("deleted-free"))
    job = scene.job()
    for caption, offer in (
        ("Edit", PLAIN),
        ("Edit, with qualities", BETA),
        ("Edit, with more lengths than a menu holds", make_offer(WAN)),
        ("Edit, with several models", SEVERAL),
    ):
        modal = EditModal(
            scene.texts,
            scene.locale,
            job.id,
            MessageKind.CLIP,
            replace(job.request, model=offer.first.name),
            offer,
        )
        yield Entry(caption=caption, shows=modal)
    of_pictures = PICTURES.profile(PICTURES.first.name, with_picture=True)
    assert of_pictures is not None
    from_picture = scene.job(picture=FROM_PICTURE, aspect=Aspect.AUTO)
    for caption, offer in (
        ("Edit, of a clip that begins with a picture", PICTURES),
        ("Edit, of one where there are several models", SEVERAL),
    ):
        modal = EditModal(
            scene.texts,
            scene.locale,
            job.id,
            MessageKind.CLIP,
            from_picture.request,
            offer,
        )
        yield Entry(caption=caption, shows=modal)
    for caption, number in (
        ("Animate picture", 7),
        ("Animate picture, on a message without one", None),
    ):
        animate = AnimateModal(
            scene.texts, scene.locale, of_pictures, NOTHING_CHOSEN, number
        )
        yield Entry(caption=caption, shows=animate)
    continued = Continuation(from_picture.request, of_pictures)
    yield Entry(
        caption="Continue",
        shows=ContinueModal(scene.texts, scene.locale, job.id, continued),
    )
    report = ReasonModal(
        title=scene.say("modal-report-title"),
        label=scene.say("modal-report-reason"),
        custom_id=job_button(Act.REPORT, job.id, MessageKind.CLIP),
        required=True,
    )
    yield Entry(caption="Report", shows=report)
    yield Entry(caption="Reported", shows=scene.say("report-taken"))
