"""What is known of a model by its name or id, also once it is not offered any more."""

from bot.models.catalogue import MODELS, PICTURE_PROFILES
from bot.models.profile import ModelProfile

_FIRST = MODELS["grok-imagine-text-to-video"].text
_FIRST_PICTURE = PICTURE_PROFILES["grok-imagine-image-to-video-beta"]


def model_title(name: str) -> str:
    """Return what people call a model, also one that is gone: then its name."""
    model = MODELS.get(name)
    return name if model is None else model.title


def profile_of(model_id: str, *, with_picture: bool) -> ModelProfile:
    """Return what EvoLink accepts under an id.

    Of an id that is none of ours, that is what the first models accept.
    """
    if with_picture:
        return PICTURE_PROFILES.get(model_id, _FIRST_PICTURE)
    model = MODELS.get(model_id)
    return _FIRST if model is None else model.text
