"""From a member's request to a queued job: acknowledge first, then charge.

An interaction may be replayed or come too late, and then Discord takes no answer. Money
is reserved only once the status message stands, so that nobody pays unseen.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

import structlog

from bot import deadline
from bot.clock import Clock
from bot.errors import (
    MessengerDown,
    MessengerError,
    Refused,
    StorageError,
    TokenExpired,
)
from bot.ids import MessageId
from bot.jobs.due import Due
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind
from bot.jobs.showing import shown_if_it_lasts
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.video import request_fault
from bot.models.profile import ModelProfile
from bot.models.refusals import model_refused, unfit_picture
from bot.pictures.preparation import Preparation, picture_fault
from bot.pictures.prepare import size_of
from bot.requests.admission import Admission, Checked
from bot.requests.incoming import Acknowledgement, IncomingRequest
from bot.requests.server_offers import ServerOffers
from bot.servers.places import missing_permissions, place_fault
from bot.workers.storing import RETRY_S

log = structlog.get_logger(__name__)

TRIES_WITH_PICTURE = 10
"""A second apart. Request recovery waits for longer than that and all before it."""


class Pausing(Protocol):
    """Says whether new requests are to be refused for the account's sake."""

    async def is_paused(self) -> bool:
        """Return whether they are.

        Raises:
            StorageError: If the database did not answer.
        """
        ...


class Intake:
    """Takes requests."""

    def __init__(
        self,
        jobs: JobStore,
        account: Pausing,
        admission: Admission,
        offers: ServerOffers,
        clock: Clock,
        *,
        pictures: Preparation,
    ) -> None:
        self._jobs = jobs
        self._account = account
        self._admission = admission
        self._offers = offers
        self._clock = clock
        self._pictures = pictures

    async def request(self, incoming: IncomingRequest, ack: Acknowledgement) -> Job:
        """Check, record, acknowledge, read the picture, check again, and queue.

        Returns the queued job.

        Raises:
            Refused: If it may not be made. Before the acknowledgement nothing was
                recorded; after it the status message is deleted again. That is also
                said where Discord was so slow that request recovery had dropped it.
            TokenExpired: If Discord no longer takes an answer. Nothing is charged.
            MessengerDown: If it cannot be known whether Discord took the answer. The
                job stays `received`, and request recovery settles it.
            MessengerError: If Discord refused the answer, or nobody can read what it
                said to it. Nothing is charged.
            StorageError: If the database took nothing. The member has seen no status
                message, and nothing is charged. If the database fails only after
                that, the job is returned as `received`; request recovery settles it.
        """
        await self._check(incoming)
        job = incoming.job(self._clock.now())
        checked = await self._admission.check(
            job, is_restricted=incoming.place.is_age_restricted
        )
        if not await self._jobs.receive(job):
            # Discord replays interactions after a reconnect; the first one counts.
            raise Refused("refused-duplicate")
        try:
            message_id = await ack.show_received(_as_seen(job, checked.state))
        except MessengerDown:
            raise
        except MessengerError as error:
            await self._drop(job)
            if not isinstance(error, TokenExpired):
                # The message may be there after all, but the job goes no further.
                await _withdraw(job, ack)
            raise
        # From here on the member has an answer, and Discord takes more for 15 minutes.
        deadline.answered()
        try:
            picture = await self._prepared(incoming)
            await self._check(incoming)
            accepted = await self._accepted(job, checked, picture, message_id)
        except Refused:
            await self._drop(job)
            await _withdraw(job, ack)
            raise
        except StorageError as error:
            # The status message says that the request is in, and it is. One about a
            # picture is dropped then, free, and its member told: the picture is lost.
            log.warning("request left to recovery", job_id=job.id, reason=str(error))
            return job
        if accepted is None:
            return await self._settled_elsewhere(job, ack)
        await self._as_said(accepted, checked.state)
        log.info(
            "job accepted",
            job_id=job.id,
            guild_id=job.guild_id,
            state=accepted.state.value,
        )
        return accepted

    async def _accepted(
        self,
        job: Job,
        checked: Checked,
        picture: bytes | None,
        message_id: MessageId,
    ) -> Job | None:
        """Accept a request; with a picture, which only we have, try for some seconds.

        Where the database took it without saying so, it is not `received` any more:
        then None is returned, as where somebody else settled it.
        """
        tries = 1 if picture is None else TRIES_WITH_PICTURE
        while True:
            now = self._clock.now()
            try:
                return await self._admission.accept(
                    job,
                    now,
                    checked.inputs,
                    picture=picture,
                    status_message_id=message_id,
                    role_ids=frozenset(),
                    status_due_at=shown_if_it_lasts(now),
                )
            except StorageError as error:
                tries -= 1
                if tries <= 0:
                    raise
                log.info("request not stored yet", job_id=job.id, reason=str(error))
            await asyncio.sleep(RETRY_S)

    async def _as_said(self, job: Job, state: JobState) -> None:
        """Show nothing more of a job that waits for a moderator, as the answer says."""
        if job.state is state is JobState.AWAITING_REVIEW:
            # If this write fails, the same text is shown once more.
            with suppress(StorageError):
                await self._jobs.redate(job, Due.STATUS, None)

    async def _check(self, incoming: IncomingRequest) -> None:
        place = incoming.place
        no_place = place_fault(place, self._clock.now())
        if no_place is not None:
            until = place.timed_out_until
            raise Refused(no_place, **({} if until is None else {"until": until}))
        missing = missing_permissions(place)
        if missing:
            raise Refused("refused-permissions", permissions=missing)
        fault = request_fault(incoming.request, await self._profile(incoming))
        if fault is not None:
            raise fault
        if incoming.picture is not None:
            unfit = picture_fault(incoming.picture)
            if unfit is not None:
                raise Refused(unfit)
        if await self._account.is_paused():
            raise Refused("refused-paused")

    async def _profile(self, incoming: IncomingRequest) -> ModelProfile:
        """Return what the request's model takes, which the server has to offer."""
        request = incoming.request
        offer = await self._offers.of(incoming.actor.guild_id)
        with_picture = request.with_picture
        profile = offer.profile_by_id(request.model, with_picture=with_picture)
        if profile is None:
            raise model_refused(one.title for one in offer.models)
        return profile

    async def _prepared(self, incoming: IncomingRequest) -> bytes | None:
        """Return the picture of a request, if it is about one, ready to be sent."""
        if incoming.picture is None:
            return None
        request, profile = incoming.request, await self._profile(incoming)
        takes = profile.picture
        if takes is None:
            return await self._pictures.prepared(incoming.picture, None)
        exact_size = takes.exact_sizes.get(request.aspect)
        # Nobody can send a larger frame of a clip.
        is_frame = request.picture and request.picture.kind is PictureKind.FRAME
        least_px = takes.sides_px[0] if takes.sides_px and is_frame else 0
        picture = await self._pictures.prepared(incoming.picture, exact_size, least_px)
        unfit = unfit_picture(profile, size=size_of(picture), bytes_=len(picture))
        if unfit is not None:
            raise unfit
        return picture

    async def _settled_elsewhere(self, job: Job, ack: Acknowledgement) -> Job:
        """Return the job as request recovery, or a quick cancellation, left it."""
        settled = await self._jobs.get(job.id)
        if settled is None or settled.state is JobState.REFUSED:
            await _withdraw(job, ack)
            raise Refused("refused-busy")
        return settled

    async def _drop(self, job: Job) -> None:
        """Refuse a request that has no status message, or will have none."""
        try:
            await self._jobs.move(
                job.id,
                JobState.RECEIVED,
                JobState.REFUSED,
                self._clock.now(),
                interaction_token=None,
                role_ids=frozenset(),
            )
        except StorageError as error:
            # Request recovery finds no message, and drops the request.
            log.warning("request not dropped", job_id=job.id, reason=str(error))


def _as_seen(job: Job, state: JobState) -> Job:
    """Return the received job as its member is to see it first.

    If it will wait for a moderator, the first message says so.
    """
    return replace(job, state=state) if state is JobState.AWAITING_REVIEW else job


async def _withdraw(job: Job, ack: Acknowledgement) -> None:
    try:
        await ack.withdraw(job)
    except MessengerError as error:
        # The refusal is what the member has to hear, not that a message stays.
        log.warning("status message not deleted", job_id=job.id, reason=str(error))
