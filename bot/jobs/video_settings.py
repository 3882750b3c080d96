"""The settings of a video that somebody chose. Pure."""

from dataclasses import dataclass, fields, replace

from bot.errors import Refused
from bot.jobs.video import VideoRequest
from bot.models.choices import Aspect, Mode
from bot.models.profile import ModelProfile
from bot.models.refusals import choice_fault


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoSettings:
    """Model, mode, length, shape, quality and sound; None = left open."""

    model: str | None = None
    """Its name, as in the operator's settings."""
    mode: Mode | None = None
    duration_s: int | None = None
    aspect: Aspect | None = None
    quality: str | None = None
    sound: bool | None = None

    def over(self, below: "VideoSettings") -> "VideoSettings":
        """Return these settings, and those below wherever these leave one open."""
        chosen = {
            one.name: getattr(self, one.name)
            if getattr(self, one.name) is not None
            else getattr(below, one.name)
            for one in fields(self)
        }
        return VideoSettings(**chosen)

    def request(self, prompt: str, profile: ModelProfile) -> VideoRequest:
        """Return the request for a prompt, with the usual value for what is open.

        It is made by the model of the profile, whichever the settings name.
        """
        return VideoRequest(
            prompt=prompt,
            mode=self.mode or Mode.NORMAL,
            duration_s=profile.default_duration_s
            if self.duration_s is None
            else self.duration_s,
            aspect=self.aspect or profile.usual_aspect,
            model=profile.id,
            quality=self.quality,
            sound=self.sound,
        )


NOTHING_CHOSEN = VideoSettings()


def settings_fault(settings: VideoSettings, profile: ModelProfile) -> Refused | None:
    """Return what a model does not take of settings, or None."""
    return choice_fault(
        profile,
        duration_s=settings.duration_s,
        mode=settings.mode,
        aspect=settings.aspect,
        quality=settings.quality,
        sound=settings.sound,
    )


def taken_by(profile: ModelProfile, settings: VideoSettings) -> VideoSettings:
    """Return settings without those that a model does not take.

    For stored defaults: the usual value takes the place of a dropped one. Spicy alone
    stays, to be refused: its prompt may not be fit for another mode.
    """
    mode, aspect = settings.mode, settings.aspect
    keeps_mode = mode is not None and (mode is Mode.SPICY or profile.takes_mode(mode))
    keeps_aspect = aspect is not None and profile.takes_aspect(aspect)
    return replace(
        settings,
        mode=mode if keeps_mode else None,
        duration_s=settings.duration_s
        if settings.duration_s in profile.durations_s
        else None,
        aspect=aspect if keeps_aspect else None,
        quality=settings.quality if settings.quality in profile.qualities else None,
        sound=None if profile.sound is None else settings.sound,
    )
