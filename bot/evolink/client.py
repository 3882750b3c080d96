"""EvoLink's API: one method per call, our words in and out.

Repeating a request is the caller's decision, because only the caller knows whether a
second one would be paid for twice.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

import aiohttp
from pydantic import SecretStr

from bot.counting import CountRequest, counted
from bot.errors import EvolinkConfused, EvolinkError, TaskUnknown
from bot.evolink import calls
from bot.evolink.answers import Answer, complaint_in
from bot.evolink.calls import CREATE_TIMEOUT_S, READ_TIMEOUT_S, Call, CallKind
from bot.evolink.parsing import TaskParser, acceptance, balance, task_id_in
from bot.evolink.redaction import Redactor
from bot.evolink.refusal_log import logged_error
from bot.evolink.transport import Transport
from bot.evolink.wire import CreditsWire, TaskWire, video_json
from bot.ids import TaskId
from bot.jobs.tasks import Accepted, Balance, TaskSnapshot, TaskStatus
from bot.jobs.video import VideoRequest
from bot.models.known import profile_of

BATCH_MAX = 50
"""Ids in one batch. Source: EvoLink's own client."""
_KEY = re.compile(r"[A-Za-z0-9._-]{16,96}")


class EvolinkClient:
    """Makes clips through EvoLink. Implements `bot.pipeline.ports.Evolink`.

    Every call makes at most one HTTP request, raises nothing but `EvolinkError` for
    what happens outside, and leaves nothing open when it is cancelled. The caller opens
    and closes the session.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        base_url: str,
        api_key: SecretStr,
        count: CountRequest,
        create_timeout_s: float = CREATE_TIMEOUT_S,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self._transport = Transport(
            session,
            base_url=base_url,
            api_key=api_key,
            timeouts_s=dict.fromkeys(CallKind, read_timeout_s)
            | {CallKind.CREATE: create_timeout_s},
        )
        self._count = count
        self._redactor = Redactor(api_key)
        self._parser = TaskParser(self._redactor)

    async def create(
        self,
        request: VideoRequest,
        *,
        key: str,
        callback_url: str | None = None,
        picture_url: str | None = None,
    ) -> Accepted:
        """Send the paid request, under an Idempotency-Key of 16 to 96 characters.

        `picture_url` is where EvoLink finds the picture that the clip begins with.

        Afterwards a task exists and its credits are reserved. Cancelling this call
        leaves open whether one does, like an `EvolinkUnsure`.

        Raises:
            EvolinkUnavailable: Nothing was accepted; `RateLimited` if EvoLink said so.
            EvolinkUnsure: A task may exist: no answer, a 5xx, or one without an id.
            EvolinkRefused: This request was not accepted and never will be. That holds
                for this request alone: with the code `idempotency_conflict`, or where
                an earlier one was unsure, that earlier one may have been accepted.
            ValueError: If the key has another form, or a picture has no URL; nothing
                was sent.
        """
        if not _KEY.fullmatch(key):
            msg = "an Idempotency-Key is 16 to 96 of A-Z a-z 0-9 . _ -"
            raise ValueError(msg)
        if request.with_picture is not (picture_url is not None):
            msg = "a picture needs the URL of its file, and nothing else has one"
            raise ValueError(msg)
        profile = profile_of(request.model, with_picture=request.with_picture)
        body = video_json(
            request, profile, callback_url=callback_url, picture_url=picture_url
        )
        with self._counted(calls.CREATE):
            answer = await self._transport.ask(
                calls.CREATE,
                json_body=body,
                # EvoLink's own client sends both names; one of them counts.
                headers={"Idempotency-Key": key, "X-Evo-Run-Id": key},
            )
            if answer.is_ok and isinstance(answer.body, dict):
                wire = TaskWire.model_validate(answer.body)
                accepted = acceptance(
                    wire, model=request.model, replayed=answer.replayed
                )
                if accepted is not None:
                    return accepted
            raise self._error(answer, prompt=request.prompt)

    async def task(self, task_id: TaskId) -> TaskSnapshot:
        """Read one task.

        Raises:
            TaskUnknown: If EvoLink has no such task for this key. An id that cannot
                be one is not asked for.
            AccountRefused: If the key or the balance was refused.
            EvolinkUnavailable: If there was no answer, or none of use yet.
            EvolinkConfused: If the answer is no task, or another one.
        """
        if task_id_in(task_id) is None:
            msg = "no request was made: this is no task id"
            raise TaskUnknown(msg)
        call = calls.read_of(task_id)
        with self._counted(call):
            answer = await self._transport.ask(call)
            if not (answer.is_ok and isinstance(answer.body, dict)):
                raise self._error(answer)
            wire = TaskWire.model_validate(answer.body)
            if wire.any_id is not None and wire.any_id != task_id:
                msg = f"{answer.call} answered {answer.status} with another task"
                raise EvolinkConfused(msg, status=answer.status)
            report = self._parser.report(wire)
            if report is None:
                raise self._error(answer)
            return report

    async def tasks(self, task_ids: Sequence[TaskId]) -> Mapping[TaskId, TaskSnapshot]:
        """Read up to 50 tasks in one request.

        An id that is missing from what is returned is to be asked singly: EvoLink
        leaves out those it does not know, and we leave out those whose entry cannot be
        read, or is finished without saying where the clip is. A refusal that concerns
        one of the tasks does not say which: then all are missing.

        Raises:
            NoSuchEndpoint: If this API has no such call, or not in this form.
            AccountRefused: If the key or the balance was refused.
            EvolinkUnavailable: If there was no answer, or none of use yet.
            EvolinkConfused: If the answer is no list of tasks.
            ValueError: If there are more than 50 ids; nothing was asked.
        """
        if len(task_ids) > BATCH_MAX:
            msg = f"a batch holds at most {BATCH_MAX} ids"
            raise ValueError(msg)
        wanted = {one for one in task_ids if task_id_in(one) is not None}
        if not wanted:
            return {}
        with self._counted(calls.BATCH):
            answer = await self._transport.ask(
                calls.BATCH, json_body={"task_ids": sorted(wanted)}
            )
            items = answer.body.get("data") if isinstance(answer.body, dict) else None
            if not answer.is_ok or not isinstance(items, list):
                error = self._error(answer)
                if isinstance(error, TaskUnknown):
                    return {}
                raise error
        wires = [TaskWire.model_validate(one) for one in items if isinstance(one, dict)]
        reports = [self._parser.report(one) for one in wires if one.any_id in wanted]
        return {one.task_id: one for one in reports if one and _is_whole(one)}

    async def credits(self) -> Balance:
        """Ask what may still be spent. Free, so that it also serves to check the key.

        Raises:
            AccountRefused: If the key was refused.
            NoSuchEndpoint: If this API has no such call.
            EvolinkUnavailable: If there was no answer, or none of use yet.
            EvolinkConfused: If the answer tells no balance. That includes `success:
                false` without a code: it may be a hiccup of the accounting, and a key
                that is really refused is refused with a 401 where it matters.
        """
        with self._counted(calls.CREDITS):
            answer = await self._transport.ask(calls.CREDITS)
            refused = not answer.is_ok or complaint_in(answer) is not None
            body = answer.body if isinstance(answer.body, dict) else {}
            data = body.get("data")
            if not refused and isinstance(data, dict):
                told = balance(CreditsWire.model_validate(data))
                if told is not None:
                    return told
            raise self._error(answer)

    def _counted(self, call: Call) -> AbstractContextManager[None]:
        return counted(self._count, "evolink", call.kind.value)

    def _error(self, answer: Answer, *, prompt: str = "") -> EvolinkError:
        return logged_error(answer, self._redactor, prompt=prompt)


def _is_whole(report: TaskSnapshot) -> bool:
    return report.status is not TaskStatus.COMPLETED or report.result_url is not None
