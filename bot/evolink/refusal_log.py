"""What EvoLink says about a refusal goes into the log, and nowhere else."""

import structlog

from bot.errors import EvolinkError, EvolinkRefused
from bot.evolink.answers import Answer, complaint_in
from bot.evolink.classify import error_for
from bot.evolink.redaction import Redactor

log = structlog.get_logger(__name__)


def logged_error(
    answer: Answer, redactor: Redactor, *, prompt: str = ""
) -> EvolinkError:
    """Return the error that an answer is, and log EvoLink's words about a refusal.

    The operator needs them, and nobody else may see them.
    """
    error = error_for(answer, redactor)
    complaint = complaint_in(answer)
    words = complaint.words if complaint is not None else None
    if isinstance(error, EvolinkRefused) and words is not None:
        log.info(
            "evolink refused request",
            call=str(answer.call),
            status=answer.status,
            code=error.code,
            request_id=error.request_id,
            words=redactor.words(words, prompt=prompt),
        )
    return error
