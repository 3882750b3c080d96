"""The form that asks what happens next in a clip."""

from dataclasses import replace

from bot.ids import JobId
from bot.jobs.video import VideoRequest
from bot.requests.continuing import Continuation
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import Act, MessageKind, job_button
from cogs.presses import Fields
from cogs.videos.request_modal import PROMPT, RequestModal, sent_settings


class ContinueModal(RequestModal):
    """Asks for a prompt and a length. What is sent is read by `continued`."""

    def __init__(
        self, texts: Texts, locale: str, job_id: JobId, continuation: Continuation
    ) -> None:
        request, profile = continuation
        super().__init__(
            texts,
            locale,
            profile,
            title="modal-continue-title",
            custom_id=job_button(Act.CONTINUE, job_id, MessageKind.CLIP),
        )
        self.add_prompt(
            "", required=not profile.prompt_optional, label="modal-continue-prompt"
        )
        self.add_lengths(request.duration_s)


def continued(request: VideoRequest, sent: Fields) -> VideoRequest:
    """Return a request with what was sent of the form; the rest stays.

    Raises:
        Refused: If something was chosen that is not to be chosen.
    """
    sent_s = sent_settings(sent).duration_s
    return replace(
        request,
        prompt=sent.get(PROMPT, ""),
        duration_s=request.duration_s if sent_s is None else sent_s,
    )
