"""What members see of themselves: their list, their usage, their data."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from discord import ui

from bot.ids import MessageId
from bot.jobs.states import OPEN_STATES, JobState
from bot.models.choices import Mode
from bot.quotas.limits import NO_LIMIT, LimitSet, SetLimits
from bot.requests.listing import PAGE_SIZE, Page, StatusFilter
from cogs.drawing.layout import MessageView
from cogs.drawing.list_page import page_view
from cogs.drawing.quota_views import usage_view
from cogs.servers.privacy import forget_view
from tests.gallery.quota_statuses import quota_status
from tests.gallery.scene import NOW, Entry, Scene

LISTED = [state for state in JobState if state is not JobState.REFUSED]
"""A refused request is no video to its member."""


def lists(scene: Scene) -> Iterator[Entry]:
    """Draw pages of `/videos list`."""
    jobs = [
        scene.job(
            state=state,
            requested_at=NOW - timedelta(minutes=7 * number + 1),
            mode=Mode.FUN if number % 2 else Mode.NORMAL,
            status_message_id=MessageId(3) if state in OPEN_STATES else None,
            clip_message_id=MessageId(4) if state is JobState.DELIVERED else None,
            notice_message_id=MessageId(5) if state is JobState.FAILED else None,
        )
        for number, state in enumerate(LISTED)
    ]
    pages = -(-len(jobs) // PAGE_SIZE)
    for number in range(1, pages + 1):
        shown = jobs[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        page = Page(
            jobs=shown, number=number, pages=pages, status=None, with_prices=number == 2
        )
        view = page_view(scene.texts, scene.locale, page)
        yield Entry(caption=f"/videos list, page {number}", shows=view)
    for status in (None, *StatusFilter):
        page = Page(jobs=[], number=1, pages=1, status=status, with_prices=False)
        view = page_view(scene.texts, scene.locale, page)
        yield Entry(caption=f"Empty: {status or 'no videos'}", shows=view)
    page = Page(
        jobs=jobs[:1],
        number=2,
        pages=4,
        status=StatusFilter.FAILED,
        with_prices=False,
    )
    view = page_view(scene.texts, scene.locale, page)
    yield Entry(caption="One status, page 2", shows=view)


def usage(scene: Scene) -> Iterator[Entry]:
    """Draw `/usage`."""
    free = LimitSet(per_day=NO_LIMIT, per_month=NO_LIMIT, at_once=NO_LIMIT)
    monthly = SetLimits(server=free, member=replace(free, per_month=30), roles={})
    for caption, shown in (
        ("/usage", quota_status(scene, day=2)),
        ("Used up, with extra videos", quota_status(scene, day=5, grants=2)),
        (
            "Own limits, and a cooldown",
            quota_status(scene, own=LimitSet(cooldown_s=90)),
        ),
        ("Without limits", quota_status(scene, own=free)),
        ("A monthly limit alone", quota_status(scene, limits=monthly)),
        ("No videos allowed", quota_status(scene, own=LimitSet(per_day=0), grants=1)),
    ):
        view = usage_view(scene.texts, scene.locale, shown)
        yield Entry(caption=caption, shows=view)


def data(scene: Scene) -> Iterator[Entry]:
    """Draw `/privacy`."""
    yield Entry(
        caption="/privacy export",
        shows=scene.say("privacy-export"),
        files={"clapper-my-data.json": b"{}"},
    )
    for files, caption, name in (
        (1, "/privacy export, a lot", "clapper-my-data.zip"),
        (3, "/privacy export, more than one file holds", "clapper-my-data-1.zip"),
    ):
        packed = scene.say("export-packed", files=files)
        yield Entry(
            caption=caption,
            shows=f"{scene.say('privacy-export')} {packed}",
            files={name: b"PK"},
        )
    question = forget_view(scene.texts, scene.locale)
    yield Entry(caption="/privacy forget", shows=question)
    forgotten = MessageView(ui.TextDisplay(scene.say("privacy-forgotten")))
    yield Entry(caption="Erased", shows=forgotten)
