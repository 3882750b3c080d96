"""What members see of themselves: their list, their usage, their data."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from discord import ui

from bot.ids import MessageId
from bot.jobs.states import OPEN_STATES, JobState
from bot.jobs.video import Mode
from bot.quotas.limits import NO_LIMIT, LimitSet, SetLimits
from bot.requests.listing import PAGE_SIZE, Page, StatusFilter
from cogs.drawing.layout import Sheet
from cogs.drawing.list_page import page_sheet
from cogs.drawing.quota_sheets import usage_sheet
from cogs.servers.privacy import forget_sheet
from tests.gallery.scene import NOW, Entry, Scene
from tests.gallery.standings import standing

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
        page = Page(jobs=shown, number=number, pages=pages, status=None)
        sheet = page_sheet(scene.texts, scene.locale, page)
        yield Entry(caption=f"/videos list, page {number}", shows=sheet)
    for status in (None, *StatusFilter):
        page = Page(jobs=[], number=1, pages=1, status=status)
        sheet = page_sheet(scene.texts, scene.locale, page)
        yield Entry(caption=f"Empty: {status or 'no videos'}", shows=sheet)
    page = Page(jobs=jobs[:1], number=2, pages=4, status=StatusFilter.FAILED)
    sheet = page_sheet(scene.texts, scene.locale, page)
    yield Entry(caption="One status, page 2", shows=sheet)


def usage(scene: Scene) -> Iterator[Entry]:
    """Draw `/usage`."""
    free = LimitSet(per_day=NO_LIMIT, per_month=NO_LIMIT, at_once=NO_LIMIT)
    monthly = SetLimits(server=free, member=replace(free, per_month=30), roles={})
    for caption, shown in (
        ("/usage", standing(scene, day=2)),
        ("Used up, with extra videos", standing(scene, day=5, grants=2)),
        ("Own limits, and a cooldown", standing(scene, own=LimitSet(cooldown_s=90))),
        ("Without limits", standing(scene, own=free)),
        ("A monthly limit alone", standing(scene, limits=monthly)),
        ("No videos allowed", standing(scene, own=LimitSet(per_day=0), grants=1)),
    ):
        sheet = usage_sheet(scene.texts, scene.locale, shown)
        yield Entry(caption=caption, shows=sheet)


def data(scene: Scene) -> Iterator[Entry]:
    """Draw `/privacy`."""
    yield Entry(
        caption="/privacy export",
        shows=scene.say("privacy-export"),
        files={"clapper-my-data.json": b"{}"},
    )
    question = forget_sheet(scene.texts, scene.locale)
    yield Entry(caption="/privacy forget", shows=question)
    forgotten = Sheet(ui.TextDisplay(scene.say("privacy-forgotten")))
    yield Entry(caption="Erased", shows=forgotten)
