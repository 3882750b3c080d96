"""What has to be true in the end, by the books of the stand-ins and of the database."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.cli.database import check as check_sums
from bot.errors import StartupError
from bot.jobs.states import JobState
from tests.together.asked import Asked
from tests.together.town import SLOTS, Town

Row = dict[str, Any]
MOST_SHOWN = 20
FAILS = "[[fail]]"
"""In a prompt that EvoLink makes no clip of."""
NOTICED = frozenset({JobState.FAILED.value, JobState.UNCONFIRMED.value})


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What may be expected."""

    keys: bool = True
    """Whether EvoLink honours idempotency keys."""
    deaths: int = 0
    """How often a process died. Where keys are not honoured, each may have happened
    around one batch of paid requests, whose outcome nobody knows then."""
    slots: int = SLOTS
    may_fail: bool = False
    """Whether a job may end with a notice though EvoLink would have made it."""


class Verdict:
    """Everything that was wrong, in words; tests want none of it."""

    def __init__(self, town: Town, terms: Terms) -> None:
        self._town = town
        self._terms = terms
        self.wrong: list[str] = []

    async def reach(self) -> list[str]:
        """Compare all books, and return what does not fit."""
        jobs = await self._town.rows("SELECT * FROM jobs")
        by_interaction = {row["interaction_id"]: row for row in jobs}
        for asked in self._town.asked:
            row = by_interaction.pop(asked.handle.interaction.id, None)
            self._one(asked, row)
        self._demand(not by_interaction, f"jobs nobody asked for: {by_interaction}")
        self._paid(jobs)
        await self._ledger(jobs)
        await self._sums()
        return self.wrong

    def _demand(self, holds: object, what: str) -> None:
        if not holds:
            self.wrong.append(what)

    # ---- one command ---------------------------------------------------------------

    def _one(self, asked: Asked, job: Row | None) -> None:
        seen = self._town.posted(asked)
        clips = [one for one in seen if one.videos]
        notices = [one for one in seen if not one.videos]
        what = f"{asked.prompt!r} ({job['state'] if job else 'no job'})"
        self._demand(len(clips) <= 1, f"{len(clips)} clips: {what}")
        self._demand(len(notices) <= 1, f"{len(notices)} notices: {what}")
        followups = [] if asked.withdrawn else asked.handle.followups
        told = [one.text for one in followups]
        self._demand(not told, f"answered again, {told}: {what}")
        if job is None or job["state"] == JobState.REFUSED.value:
            self._demand(not asked.accepted, f"accepted and lost: {what}")
            self._demand(not seen, f"posted for nothing: {what}")
            return
        self._demand(asked.accepted, f"never answered, but made: {what}")
        if job["state"] == JobState.DELIVERED.value:
            ids = [one.id for one in clips]
            self._demand(ids == [job["clip_message_id"]], f"clips {ids}: {what}")
            return
        is_told = [one.id for one in notices] == [job["notice_message_id"]]
        self._demand(is_told and not clips, f"no one notice: {what}")
        self._demand(job["state"] in NOTICED, f"has not ended: {what}")
        is_meant = self._terms.may_fail or FAILS in asked.prompt
        self._demand(is_meant, f"{job['failure']}: {what}")

    # ---- all of them ---------------------------------------------------------------

    def _paid(self, jobs: Sequence[Row]) -> None:
        tasks = self._town.evolink.tasks
        paid = Counter(task.order.prompt for task in tasks.values())
        never = {row["prompt"] for row in jobs if row["state"] == "refused"}
        known = {row["prompt"] for row in jobs} - never
        self._demand(paid.keys() <= known, f"paid for nobody: {paid.keys() - known}")
        doubled = {prompt: times for prompt, times in paid.items() if times > 1}
        if self._terms.keys:
            self._demand(not doubled, f"paid twice: {doubled}")
            most = self._terms.slots
            self._demand(tasks.peak_active <= most, f"{tasks.peak_active} at once")
        else:
            worst = max(doubled.values(), default=2)
            self._demand(worst <= 2, f"paid more than twice: {doubled}")
            most = self._terms.deaths
            self._demand(len(doubled) <= most, f"paid twice without reason: {doubled}")

    async def _ledger(self, jobs: Sequence[Row]) -> None:
        ledger = await self._town.rows("SELECT * FROM ledger")
        kinds = Counter((row["job_id"], row["kind"]) for row in ledger)
        twice = {one for one, times in kinds.items() if times > 1}
        self._demand(not twice, f"twice in the ledger: {twice}")
        by_kind = {
            kind: {row["job_id"] for row in ledger if row["kind"] == kind}
            for kind in ("reserve", "settle", "release")
        }
        delivered = {row["id"] for row in jobs if row["state"] == "delivered"}
        free = {row["id"] for row in jobs if row["late"]}
        taken = {row["id"] for row in jobs if row["state"] != "refused"}
        self._demand(by_kind["reserve"] == taken, "reserved for others than asked")
        self._demand(by_kind["settle"] == delivered - free, "settled but not delivered")
        self._demand(
            by_kind["release"] == taken - (delivered - free), "released wrongly"
        )
        used = sum(row["videos"] for row in ledger)
        self._demand(used == len(by_kind["settle"]), f"usage is {used}")

    async def _sums(self) -> None:
        try:
            await check_sums(self._town.database_url)
        except StartupError as error:
            self.wrong.append(str(error))


async def nothing_is_wrong(town: Town, terms: Terms | None = None) -> None:
    """Wait until all has ended, and demand that the books agree."""
    await town.settle()
    wrong = await Verdict(town, terms or Terms()).reach()
    assert wrong == [], "\n".join([f"{len(wrong)} are wrong:", *wrong[:MOST_SHOWN]])
