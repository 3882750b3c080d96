"""Every model that is served, with what it accepts and costs.

Source of the parameters: the table that EvoLink's own client generates from the
documentation. The prices are the stand-in's own, about twice what is known of the real
ones, or guessed by their pixels: who shows prices has to learn them from the bills.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from sandbox.evolink.rules import Choice, PictureRules, Rules

PLAIN_NAME = "grok-imagine-text-to-video"
BETA_NAME = "grok-imagine-text-to-video-beta"
PLAIN_PICTURE_NAME = "grok-imagine-image-to-video"
BETA_PICTURE_NAME = "grok-imagine-image-to-video-beta"

_FIVE = ("16:9", "9:16", "1:1", "3:2", "2:3")
_MODES = Choice(values=("normal", "fun", "spicy"))
_ON_OFF = Choice(values=("off", "on"))
_SOUND = Choice(values=(True, False))
_FILTER = Choice(values=(True, False))
_SEVEN = PictureRules(most=7, max_bytes=10_000_000, is_followed=True)
_BY_PIXELS = {"1080p": 2.25, "4k": 9.0}
"""As against 720p."""


def _one_of(*values: str) -> Choice:
    return Choice(values=values)


def _seconds(least: int, most: int) -> Sequence[int]:
    return range(least, most + 1)


GROK_R1 = Rules(
    durations_s=(6, 10),
    usual_duration_s=6,
    choices={"aspect_ratio": _one_of(*_FIVE), "mode": _MODES},
    credits_per_call=5.0,
)
GROK_BETA = Rules(
    durations_s=_seconds(6, 30),
    usual_duration_s=6,
    choices={
        "aspect_ratio": _one_of(*_FIVE),
        "mode": _MODES,
        "quality": _one_of("480p", "720p"),
    },
    credits_per_s=1.6,
    factors={"720p": 2.25},
)
GROK_BETA_PICTURE = replace(GROK_BETA, pictures=_SEVEN, prompt_optional=True)
_GROK_1_0 = Rules(
    durations_s=_seconds(1, 15),
    usual_duration_s=6,
    choices={
        "aspect_ratio": _one_of(*_FIVE, "4:3", "3:4"),
        "quality": _one_of("480p", "720p"),
    },
    credits_per_s=3.2,
    factors={"720p": 1.5},
)
_GROK_1_5 = Rules(
    durations_s=_seconds(1, 15),
    usual_duration_s=6,
    choices={
        "aspect_ratio": _one_of("auto", *_FIVE),
        "quality": _one_of("480p", "720p", "1080p"),
    },
    pictures=replace(_SEVEN, least=0, is_followed=False),
    prompt_chars=4096,
    barred={"quality": "1080p"},
    credits_per_s=8.7,
    factors={"720p": 2.25, "1080p": 5.0625},
)


def _seedance(
    credits_per_s: float, *qualities: str, longest_s: int = 15, **more: Choice
) -> Rules:
    return Rules(
        durations_s=_seconds(4, longest_s),
        usual_duration_s=5,
        choices={
            "quality": Choice(values=qualities, usual="720p"),
            "aspect_ratio": _one_of(
                "adaptive", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9"
            ),
            "generate_audio": _SOUND,
            "content_filter": _FILTER,
            **more,
        },
        credits_per_s=credits_per_s,
        factors=_BY_PIXELS,
    )


def _with_pictures(rules: Rules, least: int, most: int) -> Rules:
    return replace(
        rules,
        pictures=PictureRules(
            least=least,
            most=most,
            max_bytes=30_000_000,
            sides_px=(300, 6000),
            most_ratio=2.5,
        ),
    )


_MINI = _seedance(1.6, "480p", "720p")
_FAST = _seedance(4.6, "480p", "720p")
_FULL = _seedance(7.8, "480p", "720p", "1080p", "4k")
_SEEDANCE_2_5 = _seedance(
    11.6, "480p", "720p", "1080p", longest_s=30, output_format=_one_of("mp4", "mov")
)
_VEO = Rules(
    durations_s=(4, 6, 8),
    usual_duration_s=4,
    choices={
        "quality": _one_of("720p", "1080p", "4k"),
        "aspect_ratio": _one_of("auto", "16:9", "9:16"),
        "generate_audio": _SOUND,
    },
    numbers=frozenset({"seed", "n"}),
    texts=frozenset({"negative_prompt"}),
    pictures=PictureRules(least=0, most=3, max_bytes=10_000_000),
    prompt_chars=2000,
    # Without sound it is still twice what is known of it.
    credits_per_s=7.8,
    factors={**_BY_PIXELS, "silent": 0.7},
)
_SORA = Rules(
    durations_s=(4, 8, 12),
    usual_duration_s=4,
    choices={"aspect_ratio": _one_of("16:9", "9:16")},
    pictures=PictureRules(
        least=0,
        max_bytes=10_000_000,
        exact_sizes={"16:9": (1280, 720), "9:16": (720, 1280)},
    ),
    prompt_chars=5000,
    credits_per_s=11.6,
)
_KLING = Rules(
    durations_s=_seconds(3, 15),
    usual_duration_s=5,
    choices={
        "quality": _one_of("720p", "1080p"),
        "aspect_ratio": _one_of("16:9", "9:16", "1:1"),
        "sound": _ON_OFF,
    },
    prompt_chars=2500,
    credits_per_s=14.4,
    factors={**_BY_PIXELS, "on": 1.2},
)
_KLING_PICTURE = replace(
    _KLING,
    pictures=PictureRules(parameter="image_start", most=2, max_bytes=10_000_000),
    prompt_optional=True,
)
_WAN_2_7 = Rules(
    durations_s=_seconds(2, 15),
    usual_duration_s=5,
    choices={"quality": _one_of("720p", "1080p")},
    numbers=frozenset({"seed"}),
    texts=frozenset({"negative_prompt"}),
    prompt_chars=5000,
    credits_per_s=8.0,
    factors={"1080p": 1.6},
)
_WAN_3_0 = Rules(
    durations_s=_seconds(2, 30),
    usual_duration_s=5,
    choices={
        "quality": Choice(values=("480p", "720p", "1080p"), usual="720p"),
        "aspect_ratio": _one_of("adaptive", "16:9", "9:16", "1:1", "4:3", "3:4"),
        "generate_audio": _SOUND,
    },
    numbers=frozenset({"seed"}),
    texts=frozenset({"negative_prompt"}),
    credits_per_s=10.2,
    factors={"480p": 0.5, "1080p": 2.0},
)
_HAILUO = Rules(
    durations_s=(6, 10),
    usual_duration_s=6,
    choices={"quality": _one_of("768p", "1080p")},
    pictures=PictureRules(least=0, max_bytes=20_000_000),
    prompt_chars=2000,
    credits_per_s=4.0,
    factors={"1080p": 1.8},
)

MODELS: Mapping[str, Rules] = MappingProxyType(
    {
        PLAIN_NAME: GROK_R1,
        BETA_NAME: GROK_BETA,
        BETA_PICTURE_NAME: GROK_BETA_PICTURE,
        "grok-imagine-video-1.0-t2v": _GROK_1_0,
        "grok-imagine-video-1.0-i2v": replace(_GROK_1_0, pictures=_SEVEN),
        "grok-imagine-video-1.5-preview": _GROK_1_5,
        "seedance-2.0-mini-text-to-video": _MINI,
        "seedance-2.0-mini-image-to-video": _with_pictures(_MINI, 1, 2),
        "seedance-2.0-mini-reference-to-video": _with_pictures(_MINI, 0, 9),
        "seedance-2.0-fast-text-to-video": _FAST,
        "seedance-2.0-fast-image-to-video": _with_pictures(_FAST, 1, 2),
        "seedance-2.0-fast-reference-to-video": _with_pictures(_FAST, 0, 9),
        "seedance-2.0-text-to-video": _FULL,
        "seedance-2.0-image-to-video": _with_pictures(_FULL, 1, 2),
        "seedance-2.0-reference-to-video": _with_pictures(_FULL, 0, 9),
        "seedance-2.5-text-to-video": _SEEDANCE_2_5,
        "seedance-2.5-image-to-video": replace(
            _with_pictures(_SEEDANCE_2_5, 1, 2),
            choices={**_SEEDANCE_2_5.choices, "aspect_ratio": _one_of("adaptive")},
        ),
        "seedance-2.5-reference-to-video": _with_pictures(_SEEDANCE_2_5, 0, 9),
        "veo-3.1-fast-generate-preview": _VEO,
        "veo-3.1-generate-preview": replace(_VEO, credits_per_s=16.0),
        "sora-2-preview": _SORA,
        "sora-2-pro-preview": replace(
            _SORA,
            choices={**_SORA.choices, "quality": _one_of("720p", "1080p")},
            credits_per_s=34.7,
            factors={"1080p": 1.667},
        ),
        "kling-v3-turbo-text-to-video": _KLING,
        "kling-v3-turbo-image-to-video": _KLING_PICTURE,
        "kling-o3-text-to-video": replace(_KLING, credits_per_s=10.9),
        "kling-o3-image-to-video": replace(_KLING_PICTURE, credits_per_s=10.9),
        "wan2.7-text-to-video": _WAN_2_7,
        "wan2.7-image-to-video": replace(
            _WAN_2_7,
            pictures=PictureRules(
                parameter="image_start", most=2, max_bytes=20_000_000
            ),
        ),
        "wan3.0-text-to-video": _WAN_3_0,
        "MiniMax-Hailuo-2.3": _HAILUO,
        "MiniMax-Hailuo-2.3-Fast": replace(
            _HAILUO,
            pictures=PictureRules(max_bytes=20_000_000),
            prompt_optional=True,
            credits_per_s=2.0,
        ),
    }
)
"""What each accepts, by EvoLink's id."""
