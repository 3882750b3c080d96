"""Brings cards to moderators: posts, redraws, and deletes clips that were removed."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import (
    ClaimLost,
    MessageGone,
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
    StorageError,
)
from bot.ids import MessageId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobLookups
from bot.models.choices import Mode
from bot.moderation.ports import (
    CardBoard,
    CardChanges,
    CardStore,
    ChannelView,
    ReportStore,
)
from bot.moderation.records import Card, CardKind, Report
from bot.workers.attempts import more_attempts
from bot.workers.outcomes import noted, noted_search, noting_discord
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S, PostOnce, is_refusal
from bot.workers.row_worker import RowWorker
from bot.workers.scan import scan
from bot.workers.service_limit import Call, EndpointLimit
from bot.workers.side_by_side import Piece
from bot.workers.storing import until_stored

log = structlog.get_logger(__name__)

PAUSE_S = 2.0
"""A moderator who presses a button waits no longer than this for the card."""
PAGE = 100
BACKOFF = Backoff(base_s=2.0, cap_s=300.0)
MOST_ATTEMPTS = 200
"""Half a day of trying: a review has lapsed by then, or is about to."""


class Cards(RowWorker[str, Card]):
    """Attends to due cards, each at most once at a time."""

    name = "cards"

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        cards: CardStore,
        jobs: JobLookups,
        reports: ReportStore,
        board: CardBoard,
        channels: ChannelView,
        clock: Clock,
        *,
        messages: EndpointLimit,
        idle_s: float,
    ) -> None:
        """Keep the parts; where nothing is due, it looks again within `idle_s`."""
        super().__init__(cards, clock)
        self._cards = cards
        self._jobs = jobs
        self._reports = reports
        self._board = board
        self._channels = channels
        self._clock = clock
        self._refusals: Counter[str] = Counter()
        """Of each card, for reasons unknown to us. A restart forgives them."""
        self._idle_s = idle_s
        self._messages = messages
        messages.when_free(self.wake_if_held_up)

    async def run_once(self) -> float:
        """Attend to every card that is due."""
        due, _ = await scan(
            partial(self._cards.due, self._clock.now()),
            lambda card: self._messages.waits_alone(card.channel_id),
            least=PAGE,
        )
        wait_s = await self._under_way.begin_all(
            [
                Piece(
                    key=card.id,
                    item=card.channel_id,
                    work=partial(self._claim, card.id),
                )
                for card in due
            ],
            self._messages,
        )
        if not due and not self._under_way:
            return await self._leases.idle_s(self._idle_s)
        # What is attended to may be due again when that ends.
        return PAUSE_S if wait_s is None else min(wait_s, PAUSE_S)

    async def _claim(self, card_id: str, call: Call) -> None:
        """Attend to a card, unless somebody else does."""
        now = self._clock.now()
        card = await self._cards.claim(card_id, now, self._leases.until)
        if card is None:
            return
        try:
            async with self._leases.keep(card):
                await self._attend_alone(card, call)
        except ClaimLost:
            log.warning("claim lost", worker=self.name, card_id=card_id)
        except StorageError:
            # No card's fault: it is as due as before, as soon as that can be recorded.
            await until_stored(lambda: self._cards.finish(card, CardChanges()))
            raise

    async def _attend_alone(self, card: Card, call: Call) -> None:
        try:
            await self._attend(card, call)
        except MessengerError as error:
            await self._later(card, error)
        except (StorageError, ClaimLost):
            raise
        except Exception:
            # One card's unexpected error must not keep the others waiting.
            log.exception("card handler failed", card_id=card.id)
            await self._postpone(card, BACKOFF.wait_s(card.attempts + 1))

    async def _attend(self, card: Card, call: Call) -> None:
        job = await self._jobs.get(card.job_id)
        if job is None:
            await self._settled(card)
        elif card.kind is CardKind.REMOVAL:
            await self._remove(card, job, call)
        elif card.message_id is not None:
            await self._redraw(card, job, card.message_id, call)
        else:
            await self._appear(card, job, call)

    async def _remove(self, card: Card, job: Job, call: Call) -> None:
        message_id = card.message_id or job.clip_message_id
        if message_id is None:
            # It was reported in the moment between its posting and the record of it.
            msg = "the clip's message is not known yet"
            raise MessengerDown(msg)
        with noting_discord(call):
            await self._board.delete_clip(card.channel_id, message_id)
        await self._settled(card)
        log.info("clip removed", job_id=card.job_id)

    async def _appear(self, card: Card, job: Job, call: Call) -> None:
        """Post a card, unless it stands there already or nobody needs it any more."""
        if card.intended_at is None and _is_over(card, job):
            await self._settled(card)
            return
        once = PostOnce(
            intended_at=card.intended_at,
            find=noted_search(call, partial(self._board.find_card, card)),
            gate=partial(self._check_place, card, job),
            intend=partial(self._intend, card),
            post=noted(call, partial(self._post, card, job)),
            instead=None,
        )
        posted = await once.do(self._clock.now())
        if posted.is_new:
            await self._settled(card, posted.message_id)
        else:
            await self._redraw(card, job, posted.message_id, call)

    async def _check_place(self, card: Card, job: Job) -> None:
        if card.kind is CardKind.REVIEW and not await self._shows_prompt(card, job):
            # A spicy prompt belongs in an age-restricted channel, and without it nobody
            # could decide. The card waits until the channel is one again, or lapses.
            msg = "the review channel is not age-restricted"
            raise MessengerDown(msg)

    async def _intend(self, card: Card, at: datetime | None) -> None:
        await self._cards.note(card, CardChanges(intended_at=at))

    async def _post(self, card: Card, job: Job) -> MessageId:
        report = await self._report_of(card)
        show_prompt = await self._shows_prompt(card, job)
        return await self._board.post_card(card, job, report, show_prompt=show_prompt)

    async def _redraw(
        self, card: Card, job: Job, message_id: MessageId, call: Call
    ) -> None:
        show_prompt = await self._shows_prompt(card, job)
        standing = replace(card, message_id=message_id)
        report = await self._report_of(card)
        try:
            with noting_discord(call):
                await self._board.edit_card(
                    standing, job, report, show_prompt=show_prompt
                )
        except MessageGone:
            log.info("card is gone", card_id=card.id)
        await self._settled(card, message_id)

    async def _settled(self, card: Card, message_id: MessageId | None = None) -> None:
        self._refusals.pop(card.id, None)
        await until_stored(lambda: self._cards.settle(card, message_id))

    async def _shows_prompt(self, card: Card, job: Job) -> bool:
        if job.request.mode is not Mode.SPICY:
            return True
        return await self._channels.is_restricted(card.guild_id, card.channel_id)

    async def _report_of(self, card: Card) -> Report | None:
        if card.report_id is None:
            return None
        return await self._reports.get(card.report_id)

    async def _later(self, card: Card, error: MessengerError) -> None:
        attempts = self._attempts(card)
        gone = isinstance(error, PlaceGone | PlaceForbidden)
        log.warning(
            "card not posted",
            card_id=card.id,
            kind=card.kind.value,
            reason=str(error),
            attempts=attempts,
        )
        if attempts >= MOST_ATTEMPTS or (gone and card.kind is CardKind.REMOVAL):
            self._refusals.pop(card.id, None)
            await self._cards.finish(card, CardChanges(due_at=None))
            return
        if is_refusal(error) and not gone:
            await self._refused(card)
            return
        asked_s = error.retry_after_s if isinstance(error, MessengerDown) else None
        wait_s = self._messages.retry_s(card.channel_id, BACKOFF.wait_s(attempts))
        await self._postpone(card, max(wait_s, asked_s or 0.0))

    async def _refused(self, card: Card) -> None:
        self._refusals[card.id] += 1
        if self._refusals[card.id] < MOST_REFUSALS:
            await self._postpone(card, REFUSED_WAIT_S)
            return
        del self._refusals[card.id]
        log.error("card given up", card_id=card.id, kind=card.kind.value)
        await self._cards.finish(card, CardChanges(due_at=None))

    async def _postpone(self, card: Card, wait_s: float) -> None:
        due_at = self._clock.now() + timedelta(seconds=wait_s)
        self.wake_in(wait_s)
        await self._cards.finish(
            card, CardChanges(due_at=due_at, attempts=self._attempts(card))
        )

    def _attempts(self, card: Card) -> int:
        alone = self._messages.fails_alone(card.channel_id)
        return more_attempts(card.attempts, fails_alone=alone)


def _is_over(card: Card, job: Job) -> bool:
    """Return whether a review was decided or cancelled before anybody saw its card."""
    return card.kind is CardKind.REVIEW and job.state is not JobState.AWAITING_REVIEW
