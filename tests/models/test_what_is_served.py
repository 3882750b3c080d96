"""What the catalogue offers of each id is what EvoLink takes under it, or less.

The stand-in's table of parameters was written down apart from it.
"""

from collections.abc import Mapping, Set as AbstractSet

import pytest

from bot.models.catalogue import MODELS, PICTURE_PROFILES
from bot.models.profile import ModelProfile
from sandbox.evolink.profiles import used_model

Taken = Mapping[str, AbstractSet[object]]

_FIVE = frozenset({"16:9", "9:16", "1:1", "3:2", "2:3"})
LESS: Mapping[tuple[str, bool], Taken] = {
    # A shape counts only with two or more pictures, and Clapper sends one.
    ("grok-imagine-image-to-video-beta", True): {"aspect_ratio": _FIVE},
    ("grok-imagine-video-1.0-i2v", True): {"aspect_ratio": _FIVE | {"4:3", "3:4"}},
}
"""What an id takes that is not offered, by whether it gets a picture; and why."""


def offered(profile: ModelProfile) -> Taken:
    sound = profile.sound
    return {
        "duration": set(profile.durations_s),
        "quality": set(profile.qualities),
        "aspect_ratio": {profile.aspect_word(one) for one in profile.aspects},
        "mode": {one.value for one in profile.modes},
        "generate_audio": set(),
        "sound": set(),
        **({} if sound is None else {sound.parameter: {sound.on, sound.off}}),
    }


def taken(model_id: str) -> Taken:
    used = used_model(model_id, "now", aliasing=False)
    assert used is not None
    choices = {name: set(one.values) for name, one in used[1].choices.items()}
    return {"duration": set(used[1].durations_s), **choices}


@pytest.mark.parametrize(
    "profile",
    [*(model.text for model in MODELS.values()), *PICTURE_PROFILES.values()],
    ids=lambda one: f"{one.id}{'+' if one.picture else ''}",
)
def test_what_is_offered_is_taken_and_the_rest_has_a_reason(
    profile: ModelProfile,
) -> None:
    ours, theirs = offered(profile), taken(profile.id)
    left_out = {
        name: theirs.get(name, set()) - values
        for name, values in ours.items()
        if theirs.get(name, set()) - values
    }

    for name, values in ours.items():
        assert values <= theirs.get(name, set()), name
    assert left_out == LESS.get((profile.id, profile.picture is not None), {})
