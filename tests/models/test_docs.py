"""The page about models says what the catalogue says."""

from collections.abc import Sequence
from pathlib import Path

from bot.models.catalogue import MODELS
from bot.models.profile import Model, ModelProfile

PAGE = Path(__file__).parents[2] / "docs" / "models.md"


def lengths(profile: ModelProfile) -> str:
    least, most = profile.durations_s[0], profile.durations_s[-1]
    if profile.durations_s == tuple(range(least, most + 1)):
        return f"{least} to {most}"
    return listed(profile.durations_s)


def listed(values: Sequence[object]) -> str:
    return ", ".join(map(str, values)) or "none"


def sound(profile: ModelProfile) -> str:
    if profile.sound is None:
        return "no switch"
    return "on, can be off" if profile.sound.default else "off, can be on"


def pictures(model: Model) -> str:
    if model.picture is None:
        return "`picture_model`"
    takes = model.picture.picture
    assert takes is not None
    own_id = model.picture.id != model.name
    said = [f"`{model.picture.id}`" if own_id else "the same id"]
    if takes.max_bytes is not None:
        said.append(f"up to {takes.max_bytes // 1_000_000} MB")
    if takes.sides_px is not None:
        least, most = takes.sides_px
        said.append(f"{least} to {most} pixels a side")
    if takes.most_ratio is not None:
        said.append(f"up to {takes.most_ratio:g} times as long as wide")
    sizes = takes.exact_sizes.values()
    if sizes:
        said.append("cut to " + " or ".join(f"{wide}x{high}" for wide, high in sizes))
    return ", ".join(said)


def price(profile: ModelProfile) -> str:
    known = listed(
        [
            f"{amount:g}" if quality is None else f"{amount:g} ({quality})"
            for quality, amount in profile.credits_per_s.items()
        ]
    )
    return known if profile.credits_per_s else "not known"


def row(model: Model) -> str:
    text = model.text
    cells = (
        model.title,
        f"`{model.name}`",
        lengths(text),
        listed(text.qualities),
        listed(text.aspects),
        listed(text.modes),
        sound(text),
        pictures(model),
        price(text),
    )
    return f"| {' | '.join(cells)} |"


def test_each_model_has_its_row() -> None:
    page = PAGE.read_text("utf-8")

    assert [line for line in page.splitlines() if line.startswith("| ")][1:] == [
        row(model) for model in MODELS.values()
    ]
