"""Every model that Clapper knows: all that is known of each, and nothing else.

Source: EvoLink's table of parameters, and for prices what its own client lists; 68
credits are a US dollar. What they do not say is left out here, and then in the body:
EvoLink's own default holds. docs/models.md shows the same to operators; a test compares
them.

An id that jobs have been sent with must stay: a repeated request needs the same body.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.models.choices import Aspect, Mode
from bot.models.profile import Model, ModelProfile, PictureInput, Sound

_A = Aspect
_FIVE = (_A.WIDE, _A.TALL, _A.SQUARE, _A.LANDSCAPE, _A.PORTRAIT)
_FILM = (_A.WIDE, _A.TALL, _A.SQUARE, _A.STANDARD, _A.UPRIGHT, _A.CINEMA)
_MODES = (Mode.FUN, Mode.NORMAL, Mode.SPICY)
_AUDIO = Sound(parameter="generate_audio")
_MB = 1_000_000
_SEEDANCE_PICTURE = PictureInput(
    parameter="image_urls",
    max_bytes=30 * _MB,
    sides_px=(300, 6000),
    most_ratio=2.5,
)


def _seconds(least: int, most: int) -> tuple[int, ...]:
    return tuple(range(least, most + 1))


def _credits(**dollars: float) -> Mapping[str | None, float]:
    """Return credits a second, from US dollars by quality; `any` = whichever it is."""
    return MappingProxyType(
        {
            None if quality == "any" else quality.removeprefix("q"): round(
                68 * price, 2
            )
            for quality, price in dollars.items()
        }
    )


def _seedance(name: str, title: str, qualities: tuple[str, ...], price: float) -> Model:
    """Return one of the three models of Seedance 2.0, which differ in little."""
    text = ModelProfile(
        id=f"{name}-text-to-video",
        title=title,
        durations_s=_seconds(4, 15),
        default_duration_s=5,
        qualities=qualities,
        default_quality="720p",
        aspects=(*_FILM, _A.AUTO),
        auto_word="adaptive",
        sound=_AUDIO,
        credits_per_s=_credits(any=price),
    )
    picture = replace(
        text,
        id=f"{name}-image-to-video",
        default_aspect=_A.AUTO,
        picture=_SEEDANCE_PICTURE,
    )
    return Model(text=text, picture=picture)


_GROK = ModelProfile(
    # What this project began with. EvoLink no longer lists it, and still takes it.
    id="grok-imagine-text-to-video",
    title="Grok Imagine",
    durations_s=(6, 10),
    default_duration_s=6,
    aspects=_FIVE,
    modes=_MODES,
    credits_per_s=_credits(any=0.012),
)

_GROK_BETA = ModelProfile(
    id="grok-imagine-text-to-video-beta",
    title="Grok Imagine Beta",
    durations_s=_seconds(6, 30),
    default_duration_s=6,
    qualities=("480p", "720p"),
    default_quality="480p",
    aspects=_FIVE,
    modes=_MODES,
    # 720p costs more; how much is not known.
    credits_per_s=_credits(q480p=0.012),
)

_GROK_BETA_PICTURE = replace(
    _GROK_BETA,
    id="grok-imagine-image-to-video-beta",
    # A shape counts only with two or more pictures.
    aspects=(),
    prompt_optional=True,
    picture=PictureInput(parameter="image_urls", max_bytes=10 * _MB),
)

_GROK_1_0 = ModelProfile(
    # No price is known.
    id="grok-imagine-video-1.0-t2v",
    title="Grok Imagine 1.0",
    durations_s=_seconds(1, 15),
    default_duration_s=6,
    qualities=("480p", "720p"),
    aspects=(*_FIVE, _A.STANDARD, _A.UPRIGHT),
)

_GROK_1_0_PICTURE = replace(
    _GROK_1_0,
    id="grok-imagine-video-1.0-i2v",
    # It takes the same shapes. With one picture a clip follows the picture, as with
    # the model before it.
    aspects=(),
    picture=PictureInput(parameter="image_urls", max_bytes=10 * _MB),
)

_GROK_1_5 = ModelProfile(
    id="grok-imagine-video-1.5-preview",
    title="Grok Imagine 1.5",
    durations_s=_seconds(1, 15),
    default_duration_s=6,
    # 1080p is refused with two or more pictures; Clapper sends one.
    qualities=("480p", "720p", "1080p"),
    aspects=(*_FIVE, _A.AUTO),
    prompt_max_chars=4096,
    # "From": other qualities cost more.
    credits_per_s=_credits(any=0.064),
)

_SEEDANCE_2_5 = ModelProfile(
    # `output_format` and drafts are left alone: what they make may not play.
    id="seedance-2.5-text-to-video",
    title="Seedance 2.5",
    durations_s=_seconds(4, 30),
    default_duration_s=5,
    qualities=("480p", "720p", "1080p"),
    default_quality="720p",
    aspects=(*_FILM, _A.AUTO),
    auto_word="adaptive",
    sound=_AUDIO,
    credits_per_s=_credits(any=0.085),
)

_VEO = ModelProfile(
    id="veo-3.1-fast-generate-preview",
    title="Veo 3.1 Fast",
    durations_s=(4, 6, 8),
    default_duration_s=4,
    qualities=("720p", "1080p", "4k"),
    default_quality="720p",
    aspects=(_A.WIDE, _A.TALL, _A.AUTO),
    # Sound costs more; how much is not known.
    sound=_AUDIO,
    prompt_max_chars=2000,
    credits_per_s=_credits(any=0.04),
)

_SORA = ModelProfile(
    # It always has sound.
    id="sora-2-preview",
    title="Sora 2",
    durations_s=(4, 8, 12),
    default_duration_s=4,
    aspects=(_A.WIDE, _A.TALL),
    prompt_max_chars=5000,
    credits_per_s=_credits(any=0.085),
)

_KLING = ModelProfile(
    # EvoLink's table has `kling-v3-turbo-image-to-video` too, which is not offered yet.
    id="kling-v3-turbo-text-to-video",
    title="Kling v3 Turbo",
    durations_s=_seconds(3, 15),
    default_duration_s=5,
    qualities=("720p", "1080p"),
    aspects=(_A.WIDE, _A.TALL, _A.SQUARE),
    sound=Sound(parameter="sound", on="on", off="off", default=False),
    prompt_max_chars=2500,
    credits_per_s=_credits(any=0.106),
)

_WAN = ModelProfile(
    # EvoLink's table has `wan3.0-image-to-video` too, which is not offered yet.
    id="wan3.0-text-to-video",
    title="Wan 3.0",
    durations_s=_seconds(2, 30),
    default_duration_s=5,
    qualities=("480p", "720p", "1080p"),
    default_quality="720p",
    # "adaptive and six"; the sixth, 21:9, is not in its own list.
    aspects=(_A.WIDE, _A.TALL, _A.SQUARE, _A.STANDARD, _A.UPRIGHT, _A.AUTO),
    auto_word="adaptive",
    sound=_AUDIO,
    prompt_max_chars=5000,
    credits_per_s=_credits(q480p=0.0375, q720p=0.075, q1080p=0.15),
)

MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for model in (
            Model(text=_GROK),
            Model(text=_GROK_BETA, picture=_GROK_BETA_PICTURE),
            Model(text=_GROK_1_0, picture=_GROK_1_0_PICTURE),
            Model(
                text=_GROK_1_5,
                picture=replace(
                    _GROK_1_5,
                    default_aspect=_A.AUTO,
                    # Two or more would be references instead of the first frame.
                    picture=PictureInput(parameter="image_urls", max_bytes=10 * _MB),
                ),
            ),
            _seedance(
                "seedance-2.0-mini", "Seedance 2.0 Mini", ("480p", "720p"), 0.012
            ),
            # 1080p and more are for the standard model alone. An early page knew 1080p
            # as its best; EvoLink's table lists 4k too, and its sizes in pixels.
            _seedance(
                "seedance-2.0-fast", "Seedance 2.0 Fast", ("480p", "720p"), 0.034
            ),
            _seedance(
                "seedance-2.0", "Seedance 2.0", ("480p", "720p", "1080p", "4k"), 0.057
            ),
            Model(
                text=_SEEDANCE_2_5,
                picture=replace(
                    _SEEDANCE_2_5,
                    id="seedance-2.5-image-to-video",
                    aspects=(_A.AUTO,),
                    default_aspect=_A.AUTO,
                    picture=_SEEDANCE_PICTURE,
                ),
            ),
            Model(
                text=_VEO,
                picture=replace(
                    _VEO,
                    default_aspect=_A.AUTO,
                    # 1 and 2 are the first and the last frame, 3 are references.
                    picture=PictureInput(parameter="image_urls", max_bytes=10 * _MB),
                ),
            ),
            Model(
                text=_SORA,
                picture=replace(
                    _SORA,
                    picture=PictureInput(
                        parameter="image_urls",
                        max_bytes=10 * _MB,
                        exact_sizes={_A.WIDE: (1280, 720), _A.TALL: (720, 1280)},
                    ),
                ),
            ),
            Model(text=_KLING),
            Model(text=_WAN),
        )
    }
)
"""By the name in the settings, which is EvoLink's id for words."""

PICTURE_PROFILES: Mapping[str, ModelProfile] = MappingProxyType(
    {
        model.picture.id: model.picture
        for model in MODELS.values()
        if model.picture is not None
    }
)
"""What makes clips from a picture, by EvoLink's id."""

UNNAMED = _GROK.id
"""What makes clips unless somebody chooses otherwise: nobody has to be told.

What makes those from pictures is named: another model may have been chosen."""
