"""The settings of a video that somebody chose. Pure."""

from dataclasses import dataclass, fields

from bot.jobs.video import Aspect, Mode, ModelProfile, VideoRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoSettings:
    """Mode, length, shape and quality; None = left open."""

    mode: Mode | None = None
    duration_s: int | None = None
    aspect: Aspect | None = None
    quality: str | None = None

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
        """Return the request for a prompt, with the usual value for what is open."""
        return VideoRequest(
            prompt=prompt,
            mode=self.mode or Mode.NORMAL,
            duration_s=self.duration_s or profile.default_duration_s,
            aspect=self.aspect or Aspect.WIDE,
            model=profile.name,
            quality=self.quality,
        )


NOTHING_CHOSEN = VideoSettings()


def settings_fault(settings: VideoSettings, profile: ModelProfile) -> str | None:
    """Return the id of the text that says what the model does not take, or None."""
    duration_s, quality = settings.duration_s, settings.quality
    if duration_s is not None and duration_s not in profile.durations_s:
        return "refused-duration"
    if quality is not None and quality not in profile.qualities:
        return "refused-quality"
    return None


def taken_by(profile: ModelProfile, settings: VideoSettings) -> VideoSettings:
    """Return settings without those that the model no longer takes.

    For stored defaults: the usual value takes the place of a dropped one.
    """
    return VideoSettings(
        mode=settings.mode,
        duration_s=settings.duration_s
        if settings.duration_s in profile.durations_s
        else None,
        aspect=settings.aspect,
        quality=settings.quality if settings.quality in profile.qualities else None,
    )
