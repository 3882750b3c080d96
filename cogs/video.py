"""`/video`: ask for a clip. What may be chosen follows the model in use."""

from typing import Any

import discord
from discord import app_commands

from bot.domain.video import (
    PROMPT_MAX_CHARS,
    Aspect,
    Mode,
    ModelProfile,
    VideoRequest,
)
from bot.texts.texts import Texts
from bot.usecases.intake import Intake
from cogs.acknowledgement import InteractionAcknowledgement
from cogs.places import asked_with
from cogs.translator import choice_name

_MODES = [
    app_commands.Choice(name=choice_name(f"choice-mode-{mode}"), value=mode.value)
    for mode in Mode
]
_ASPECTS = [
    app_commands.Choice(
        name=choice_name(f"choice-aspect-{aspect.name.lower()}"), value=aspect.value
    )
    for aspect in Aspect
]


def video_command(
    intake: Intake, profile: ModelProfile, texts: Texts
) -> app_commands.Command[Any, ..., None]:
    """Return `/video` with the menus of a model.

    It is made rather than declared, because a declaration would come before the
    configuration that says which model it is.
    """

    async def ask(interaction: discord.Interaction, request: VideoRequest) -> None:
        # No deferring: the status message is the answer, and comes before any cost.
        await intake.request(
            await asked_with(interaction, request),
            InteractionAcknowledgement(interaction, texts),
        )

    @app_commands.choices(mode=_MODES, aspect=_ASPECTS)
    @app_commands.choices(duration=_durations(profile))
    async def video(
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, PROMPT_MAX_CHARS],
        mode: str = Mode.NORMAL,
        duration: int = profile.default_duration_s,
        aspect: str = Aspect.WIDE,
    ) -> None:
        """Make a short video."""
        await ask(interaction, _request(profile, prompt, mode, duration, aspect))

    @app_commands.choices(mode=_MODES, aspect=_ASPECTS, quality=_qualities(profile))
    @app_commands.choices(duration=_durations(profile))
    async def video_with_quality(
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, PROMPT_MAX_CHARS],
        mode: str = Mode.NORMAL,
        duration: int = profile.default_duration_s,
        aspect: str = Aspect.WIDE,
        quality: str | None = None,
    ) -> None:
        """Make a short video."""
        request = _request(profile, prompt, mode, duration, aspect, quality)
        await ask(interaction, request)

    return app_commands.Command(
        name="video",
        description="Make a short video.",
        callback=video_with_quality if profile.qualities else video,
    )


def _request(
    profile: ModelProfile,
    prompt: str,
    mode: str,
    duration_s: int,
    aspect: str,
    quality: str | None = None,
) -> VideoRequest:
    return VideoRequest(
        prompt=prompt,
        mode=Mode(mode),
        duration_s=duration_s,
        aspect=Aspect(aspect),
        model=profile.name,
        quality=quality,
    )


def _durations(profile: ModelProfile) -> list[app_commands.Choice[int]]:
    return [
        app_commands.Choice(
            name=choice_name("choice-duration", seconds=seconds), value=seconds
        )
        for seconds in profile.durations_s
    ]


def _qualities(profile: ModelProfile) -> list[app_commands.Choice[str]]:
    return [
        app_commands.Choice(
            name=choice_name("choice-quality", quality=quality), value=quality
        )
        for quality in profile.qualities
    ]
