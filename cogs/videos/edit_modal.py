"""The modal in which a request is changed before it is made again."""

from dataclasses import replace

from bot.ids import JobId
from bot.jobs.video import VideoRequest, fitted
from bot.models.offer import Offer
from bot.models.profile import ModelProfile
from bot.models.refusals import model_refused
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import Act, MessageKind, job_button
from cogs.presses import Fields
from cogs.videos.request_modal import (
    PROMPT,
    RequestModal,
    chooses_quality,
    sent_settings,
)


class EditModal(RequestModal):
    """Shows a request for editing. What is sent is read by `edited`."""

    def __init__(
        self,
        texts: Texts,
        locale: str,
        job_id: JobId,
        message_kind: MessageKind,
        request: VideoRequest,
        offer: Offer,
    ) -> None:
        """Show a request that one of the offered models takes.

        Raises:
            Refused: If none does.
        """
        profile = _profile(request, offer)
        super().__init__(
            texts,
            locale,
            profile,
            title="modal-edit-title",
            custom_id=job_button(Act.EDIT, job_id, message_kind),
        )
        with_picture = request.with_picture
        wordless = with_picture and profile.prompt_optional
        self.add_prompt(request.prompt, required=not wordless)
        self.add_choices(
            request.mode,
            request.duration_s,
            request.aspect,
            with_spicy=not with_picture,
        )
        if with_picture:
            self.add_picture(
                "modal-another-picture", "modal-another-picture-about", required=False
            )
        self.add_makers(
            [
                (model.name, made)
                for model, made in offer.makers(with_picture=with_picture)
            ],
            request.quality,
        )


def edited(request: VideoRequest, sent: Fields, offer: Offer) -> VideoRequest:
    """Return a request with what was sent of the modal; the rest stays.

    Raises:
        Refused: If something was chosen that is not to be chosen.
    """
    settings = sent_settings(sent)
    if settings.model is not None:
        model = offer.choose(settings.model)
        taker = offer.taker(model, with_picture=request.with_picture)
        request = request if taker.id == request.model else fitted(request, taker)
    return replace(
        request,
        prompt=sent.get(PROMPT, ""),
        mode=settings.mode or request.mode,
        duration_s=request.duration_s
        if settings.duration_s is None
        else settings.duration_s,
        aspect=settings.aspect or request.aspect,
        quality=settings.quality if chooses_quality(sent) else request.quality,
    )


def _profile(request: VideoRequest, offer: Offer) -> ModelProfile:
    with_picture = request.with_picture
    profile = offer.profile_by_id(request.model, with_picture=with_picture)
    if profile is None:
        raise model_refused(one.title for one in offer.models)
    return profile
