"""The message that says why there is no clip, and what that means for the quota."""

from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.models.choices import Mode
from bot.servers.audit import REASON_MAX_CHARS
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import Act, MessageKind
from cogs.drawing.layout import (
    MessageView,
    beside_picture,
    job_buttons,
    quoted_prompt,
    small,
)
from cogs.drawing.markup import inert, mention

PROMPT_CHARS = 280


def notice_view(texts: Texts, job: Job, *, with_picture: bool = False) -> MessageView:
    """Draw the notice, in the server's language. It mentions the requester.

    A spicy prompt is left out: the place may no longer be one for it. Failures never
    count, so the line about the quota is always the same. `with_picture` shows the
    attached picture that the clip was to begin with.
    """
    reason = f"{mention(job.user_id)} {_reason(texts, job)}"
    texts_shown = [reason]
    if job.request.mode is not Mode.SPICY:
        texts_shown.append(quoted_prompt(job.request, PROMPT_CHARS))
    texts_shown.append(small(texts.say(job.locale, "notice-quota")))
    return MessageView(
        *beside_picture(texts, job.locale, texts_shown, with_picture=with_picture),
        # The buttons are also how the notice is known as this job's.
        job_buttons(texts, job.locale, job.id, MessageKind.NOTICE, Act.AGAIN, Act.EDIT),
    )


def _reason(texts: Texts, job: Job) -> str:
    if job.state is JobState.DENIED and job.failure is None:
        if job.decision_reason is None:
            return texts.say(job.locale, "notice-denied")
        given = inert(job.decision_reason, REASON_MAX_CHARS)
        return texts.say(job.locale, "notice-denied-reason", reason=given)
    failure = job.failure or Failure.UNKNOWN_ERROR
    return texts.say(job.locale, f"failure-{failure}", reference=job.reference or "-")
