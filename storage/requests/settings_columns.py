"""The columns that hold how a video is to be made, read and written."""

from typing import Any

from sqlalchemy import Row

from bot.jobs.video_settings import VideoSettings


def columns_of(settings: VideoSettings) -> dict[str, Any]:
    """Return the columns of settings."""
    return {
        "model": settings.model,
        "mode": settings.mode,
        "duration_s": settings.duration_s,
        "aspect": settings.aspect,
        "quality": settings.quality,
        "sound": settings.sound,
    }


def settings_of(row: Row[Any]) -> VideoSettings:
    """Return the settings in a row."""
    return VideoSettings(
        model=row.model,
        mode=row.mode,
        duration_s=row.duration_s,
        aspect=row.aspect,
        quality=row.quality,
        sound=row.sound,
    )
