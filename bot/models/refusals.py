"""Says what a model takes, where something else was asked of it.

Each is the id of one sentence and the values in it. Every value that names several
things comes as `first` and `last`, so that a language can say "or" between them.
"""

from collections.abc import Iterable, Sequence

from bot.errors import Refused
from bot.models.choices import Aspect, Mode
from bot.models.profile import ModelProfile


def choice_fault(
    profile: ModelProfile,
    *,
    duration_s: int | None,
    mode: Mode | None,
    aspect: Aspect | None,
    quality: str | None,
    sound: bool | None,
) -> Refused | None:
    """Return what a model does not take of what was chosen, or None.

    What is None was not chosen.
    """
    if duration_s is not None and duration_s not in profile.durations_s:
        return duration_refused(profile)
    if mode is not None and not profile.takes_mode(mode):
        return Refused("refused-mode", model=profile.title)
    if aspect is not None and not profile.takes_aspect(aspect):
        shapes = [one.value for one in profile.aspects]
        return Refused("refused-aspect", model=profile.title, **named(shapes))
    if quality is not None and quality not in profile.qualities:
        qualities = named(profile.qualities)
        return Refused("refused-quality", model=profile.title, **qualities)
    if sound is not None and profile.sound is None:
        return Refused("refused-sound", model=profile.title)
    return None


def model_refused(titles: Iterable[str]) -> Refused:
    """Return the refusal of a model that is not offered, naming those that are."""
    return Refused("refused-model", **named(list(titles)))


def unfit_picture(
    profile: ModelProfile, *, size: tuple[int, int], bytes_: int
) -> Refused | None:
    """Return what a model does not take of a picture that is ready to be sent, or None.

    `size` is its width and height in pixels.
    """
    takes, title = profile.picture, profile.title
    if takes is None:
        return None
    if takes.max_bytes is not None and bytes_ > takes.max_bytes:
        megabytes = takes.max_bytes // 1_000_000
        return Refused("refused-picture-bytes", model=title, megabytes=megabytes)
    if takes.most_ratio is not None and max(size) > takes.most_ratio * min(size):
        return Refused("refused-picture-ratio", model=title, ratio=takes.most_ratio)
    if takes.sides_px is not None:
        least, most = takes.sides_px
        if min(size) < least or max(size) > most:
            said = {"width": size[0], "height": size[1], "least": least, "most": most}
            return Refused("refused-picture-sides", model=title, **said)
    return None


def duration_refused(profile: ModelProfile) -> Refused:
    """Return the refusal of a length that a model does not have."""
    lengths = named_lengths(profile.durations_s)
    return Refused("refused-duration", model=profile.title, **lengths)


def named_lengths(durations_s: Sequence[int]) -> dict[str, object]:
    """Return lengths as the values of a sentence: a range, if they are one."""
    least, most = durations_s[0], durations_s[-1]
    if most - least > 1 and list(durations_s) == list(range(least, most + 1)):
        return {"kind": "range", "first": least, "last": most}
    return named([str(one) for one in durations_s])


def named(values: Sequence[str]) -> dict[str, object]:
    """Return things as the values of a sentence that says "or" before the last."""
    if not values:
        return {"kind": "none", "first": "", "last": ""}
    *others, last = values
    kind = "several" if others else "one"
    return {"kind": kind, "first": ", ".join(others), "last": last}
