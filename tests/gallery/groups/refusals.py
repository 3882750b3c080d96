"""Sentences that only one person sees: what cannot be done, and why.

One line for each: what happened, the text, and its values.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.errors import UserError
from bot.jobs.video import request_fault
from bot.jobs.video_settings import NOTHING_CHOSEN
from bot.models.catalogue import MODELS, PICTURE_PROFILES
from bot.models.choices import Aspect, Mode
from bot.models.refusals import model_refused, unfit_picture
from bot.moderation.administration import MOST_ROLES
from bot.moderation.records import MOST_REGEXES, MOST_WORDS
from bot.quotas.administration import MOST_DAYS
from bot.quotas.settings import LARGEST, MOST_GRANTED
from bot.servers.audit import REASON_MAX_CHARS
from bot.servers.places import Permission
from tests.gallery.scene import Entry, Scene
from tests.offers import PLAIN, SEVERAL


def _shown(scene: Scene, caption: str, text_id: str, **values: Any) -> Entry:
    return Entry(caption=caption, shows=scene.refusal(UserError(text_id, **values)))


def requests(scene: Scene) -> Iterator[Entry]:
    """Say why a video cannot be asked for."""

    def no(caption: str, text_id: str, **values: Any) -> Entry:
        return _shown(scene, caption, text_id, **values)

    yield no("No prompt", "refused-prompt-empty")
    yield no("Half a character", "refused-prompt-broken")
    yield no("A blocked word", "refused-words")
    yield no("Spicy is off", "refused-spicy-off")
    yield no("Spicy, without the role", "refused-spicy-role")
    yield no("Spicy, in an ordinary channel", "refused-spicy-place")
    yield no("Spicy, without a review channel", "refused-spicy-review")
    yield no("A picture that is gone", "refused-picture-gone")
    yield no("A picture that Discord does not give out", "refused-picture-unread")
    yield no("Spicy, with a picture", "refused-picture-spicy")
    yield no("A picture, where they are off", "refused-pictures-off")
    yield no("Somebody else's picture", "refused-pictures-own")
    yield no("Blocked", "refused-blocked")
    yield no("Blocked for a while", "refused-blocked-until", until=scene.later(days=3))
    every = tuple(Permission)
    yield no("Missing permissions", "refused-permissions", permissions=every)
    yield no("A closed thread", "refused-thread-closed")
    yield no("A private thread", "refused-thread-private")
    yield no("A forum", "refused-channel-kind")
    yield no("Only the commands were added", "refused-not-a-member")
    yield no("The bot is in time-out", "refused-timed-out", until=scene.later(hours=2))
    yield no("The account is out of order", "refused-paused")
    yield no("The same request twice", "refused-duplicate")
    yield no("Too many requests at once", "refused-busy")
    yield no("Not in this server", "refused-guild")


def pictures(scene: Scene) -> Iterator[Entry]:
    """Say why a picture is not taken."""

    def no(caption: str, text_id: str, **values: Any) -> Entry:
        return _shown(scene, caption, text_id, **values)

    yield no("No picture", "refused-picture-kind")
    yield no("A HEIC file", "refused-picture-heic")
    yield no("A file of 30 MB", "refused-picture-large")
    yield no("More pixels than I decode", "refused-picture-pixels", megapixels=40)
    yield no("A damaged file", "refused-picture-broken")
    yield no("Discord is slow", "refused-picture-slow")
    yield no("Continue, spicy", "refused-continue-spicy")
    yield no("Continue, without what it needs", "refused-continue-off")
    yield no("Continue, of a link", "refused-continue-link")
    yield no("Continue, gone", "refused-continue-gone")
    yield no("Continue, too large", "refused-continue-large")
    yield no("Continue, unreadable", "refused-continue-unread")


def models(scene: Scene) -> Iterator[Entry]:
    """Say what a model takes."""
    grok_picture = PICTURE_PROFILES["grok-imagine-image-to-video-beta"]
    sora = MODELS["sora-2-preview"].text
    seedance = MODELS["seedance-2.0-text-to-video"].text
    for caption, profile, asked in (
        ("Too long a prompt", PLAIN.first.text, {"prompt": "x" * 4001}),
        ("Another length, of two", PLAIN.first.text, {"duration_s": 7}),
        ("Another length, of many", seedance, {"duration_s": 3}),
        ("Another shape", sora, {"aspect": Aspect.SQUARE}),
        ("A shape for a picture", grok_picture, {"aspect": Aspect.TALL}),
        ("A mode where there is none", sora, {"mode": Mode.FUN}),
        ("Another quality", seedance, {"quality": "360p"}),
        ("A quality where there is none", sora, {"quality": "1080p"}),
        ("Sound where there is no switch", sora, {"sound": False}),
    ):
        request = NOTHING_CHOSEN.request("a fox", profile)
        fault = request_fault(replace(request, **asked), profile)
        assert fault is not None
        yield Entry(caption=caption, shows=scene.refusal(fault))
    for caption, offer in (("Another model", SEVERAL), ("The only model", PLAIN)):
        refused = model_refused(one.title for one in offer.models)
        yield Entry(caption=caption, shows=scene.refusal(refused))
    picture = "refused-picture-model"
    yield _shown(scene, "A picture that no model takes", picture, model=sora.title)
    seedance_picture = PICTURE_PROFILES["seedance-2.0-image-to-video"]
    for caption, size, bytes_ in (
        ("Too large a picture", (900, 600), 40_000_000),
        ("Too small a picture", (299, 600), 1),
        ("Too narrow a picture", (3000, 1000), 1),
    ):
        unfit = unfit_picture(seedance_picture, size=size, bytes_=bytes_)
        assert unfit is not None
        yield Entry(caption=caption, shows=scene.refusal(unfit))
    other = request_fault(
        replace(NOTHING_CHOSEN.request("a fox", grok_picture), duration_s=5),
        grok_picture,
    )
    assert other is not None
    other.hint = "hint-picture-model"
    other.values["chosen"] = MODELS["kling-v3-turbo-text-to-video"].title
    yield Entry(caption="By the model for pictures", shows=scene.refusal(other))
    none = "refused-model-pictures"
    yield _shown(scene, "No model for pictures", none)


def limits(scene: Scene) -> Iterator[Entry]:
    """Say which limit is reached."""

    def no(caption: str, text_id: str, **values: Any) -> Entry:
        return _shown(scene, caption, text_id, **values)

    tomorrow, month = scene.later(hours=11), scene.later(days=17)
    yield no("Member, limit 0", "refused-member-none")
    yield no("Server, limit 0", "refused-server-none")
    for who in ("member", "server"):
        name = who.capitalize()
        for limit, left in ((5, 46), (1, 1), (5, -1)):
            yield no(
                f"{name}, {limit} a day, {left} left this month",
                f"refused-{who}-day",
                limit=limit,
                left=left,
                when=tomorrow,
            )
        for limit in (50, 1):
            yield no(
                f"{name}, {limit} a month",
                f"refused-{who}-month",
                limit=limit,
                when=month,
            )
        for limit in (2, 1):
            caption = f"{name}, {limit} in progress"
            yield no(caption, f"refused-{who}-at-once", limit=limit)
    for limit in (200, 1):
        for window, when in (("day", tomorrow), ("month", month)):
            yield no(
                f"The operator's bound, {limit} a {window}",
                f"refused-operator-{window}",
                limit=limit,
                when=when,
            )
    yield no("The operator's bound, 0", "refused-operator-none")
    yield no("Cooldown", "refused-cooldown", when=scene.later(seconds=42))
    yield from _in_credits(scene)
    yield no(
        "The server's budget",
        "refused-server-credits",
        costs=24.6,
        over=3.2,
        when=month,
    )
    yield no("The bot's budget", "refused-total-credits", when=month)
    yield no("A budget below this video", "refused-no-budget")


def _in_credits(scene: Scene) -> Iterator[Entry]:
    def no(caption: str, text_id: str, **values: Any) -> Entry:
        return _shown(scene, caption, text_id, **values)

    tomorrow, month = scene.later(hours=11), scene.later(days=17)
    dear = {"costs": 55.4, "limit": 60, "over": 12.3}
    for who in ("member", "server"):
        name = who.capitalize()
        for window, when in (("day", tomorrow), ("month", month)):
            text_id = f"refused-{who}-{window}-credits"
            yield no(f"{name}, credits of the {window}", text_id, **dear, when=when)
        yield no(
            f"{name}, more than all credits",
            f"refused-{who}-too-dear",
            costs=55.4,
            limit=30,
        )
    for seconds in (10, 1):
        yield no(f"Longer than {seconds} s", "refused-too-long", limit=seconds)
    yield no("Better than 720p", "refused-too-fine", limit="720p")


def others(scene: Scene) -> Iterator[Entry]:
    """Say what else a member cannot do."""

    def no(caption: str, text_id: str, **values: Any) -> Entry:
        return _shown(scene, caption, text_id, **values)

    yield no("A video that is gone", "not-found-job")
    yield no("Cancel somebody else's video", "not-allowed-cancel")
    yield no("Cancel while the picture is loaded", "too-early-cancel")
    yield no("Cancel at the end", "too-late-cancel")
    yield no("Delete somebody else's video", "not-allowed-delete")
    yield no("Report a message that is no video", "not-found-clip")
    yield no("Report without a reason", "refused-report-empty")
    yield no("Report it again", "refused-report-again")
    yield no("Erase data while a video is made", "refused-forget-open")
    yield no("A command in a direct message", "not-allowed-outside-server")
    yield no("Half a character in a form or an option", "refused-text-broken")
    yield Entry(
        caption="A command that is not for here", shows=scene.say("not-allowed-here")
    )
    yield Entry(
        caption="An error of ours",
        shows=scene.say("failed-unexpected", reference="0a1b2c3d"),
    )
    yield Entry(caption="Discord has trouble", shows=scene.say("failed-discord"))
    yield Entry(caption="An outdated command", shows=scene.say("failed-outdated"))
    for trouble in ("busy", "full", "broken"):
        yield Entry(
            caption=f"The database is {trouble}",
            shows=scene.say(f"failed-storage-{trouble}"),
        )
    yield no("Again, after the prompt was erased", "refused-erased")
    yield Entry(caption="A missing text", shows=scene.say("text-missing"))


def moderators(scene: Scene) -> Iterator[Entry]:
    """Say what moderators and admins cannot do."""

    def no(caption: str, text_id: str, **values: Any) -> Entry:
        return _shown(scene, caption, text_id, **values)

    yield no("For moderators", "not-allowed-moderators")
    yield no("For admins", "not-allowed-managers")
    yield no("Approve one's own request", "not-allowed-own-review")
    yield no("Decided already", "too-late-review")
    yield no("A report that is gone", "not-found-report")
    yield no("A report decided already", "too-late-report")
    yield no("An empty pattern", "refused-pattern-empty")
    yield no("A long pattern", "refused-pattern-long")
    yield no("A broken regular expression", "refused-pattern-regex")
    yield no("A pattern for everything", "refused-pattern-everything")
    yield no("A pattern that is not there", "refused-pattern-unknown")
    yield no("Too many patterns", "refused-words-many", most=MOST_WORDS)
    yield no("Too many expressions", "refused-regexes-many", most=MOST_REGEXES)
    for rule in ("nothing", "default", "last"):
        values = {} if rule == "nothing" else {"model": "Sora 2"}
        yield no(f"A model, {rule}", f"refused-models-{rule}", **values)
    yield no("Too many roles", "refused-roles-many", most=MOST_ROLES)
    yield no("A block's length", "refused-block-duration")
    yield no("Unblock somebody who is not blocked", "refused-not-blocked")


def quotas(scene: Scene) -> Iterator[Entry]:
    """Say why limits were not changed."""

    def no(caption: str, text_id: str, **values: Any) -> Entry:
        return _shown(scene, caption, text_id, **values)

    yield no("No limit given", "quota-nothing-given")
    yield no("No such limit", "quota-bad-number", most=LARGEST)
    for kind in ("per_day", "per_month", "at_once"):
        yield no("More than the operator allows", f"quota-too-much-{kind}", most=20)
    yield no("Prices are off", "refused-prices-off")
    yield no("No such quality", "quota-bad-quality")
    yield no("No such number of videos", "quota-bad-grant", most=MOST_GRANTED)
    yield no("Too long a reason", "quota-long-reason", most=REASON_MAX_CHARS)
    yield no("No such time zone", "quota-bad-zone")
    yield no("No such number of days", "quota-bad-days", most=MOST_DAYS)
    yield no("A role is missing", "quota-needs-role")
    yield no("A member is missing", "quota-needs-member")
    yield no("Two different scopes", "quota-other-scope")
    yield no("No such role", "quota-unknown-role")
