"""A clip is encoded again so that it fits, and looks as well as it can."""

from pathlib import Path

import pytest

from bot.media.shrink import Plan, WouldLookBad, plan_for, shrink
from tests.media.clips import difference, frames_of, look_at, make_clip

MB = 1_000_000


@pytest.mark.parametrize(
    ("max_bytes", "duration_s", "side_px", "expected"),
    [
        (10 * MB, 8, 1080, 1080),
        (10 * MB, 30, 1080, 720),
        (10 * MB, 30, 2160, 720),
        (10 * MB, 30, 720, 720),
        (10 * MB, 120, 720, 480),
        (10 * MB, 60, 300, 300),
        (MB, 10, 1080, 480),
        (50 * MB, 30, 2160, 2160),
    ],
)
def test_a_picture_is_reduced_only_where_it_would_look_bad(
    max_bytes: int, duration_s: float, side_px: int, expected: int
) -> None:
    plan = a_plan(max_bytes, duration_s=duration_s, shorter_side_px=side_px)

    assert plan.shorter_side_px == expected
    assert plan.video_bits_per_s * duration_s / 8 < max_bytes


@pytest.mark.parametrize(
    ("max_bytes", "duration_s", "frames_per_s"),
    [(MB, 30, 24), (10 * MB, 300, 24), (10 * MB, 150, 60), (10_000, 0.0, 24)],
)
def test_what_would_look_bad_at_any_size_is_refused(
    max_bytes: int, duration_s: float, frames_per_s: float
) -> None:
    with pytest.raises(WouldLookBad):
        a_plan(max_bytes, duration_s=duration_s, frames_per_s=frames_per_s)


@pytest.mark.parametrize("sound", [True, False])
def test_it_fits_and_is_whole_and_can_be_played_at_once(
    tmp_path: Path, *, sound: bool
) -> None:
    clip = make_clip(tmp_path / "clip", duration_s=4, bits_per_s=4 * MB, sound=sound)
    assert clip.stat().st_size > 1.9 * MB
    before = look_at(clip)

    shrink(clip, tmp_path / "into", MB)

    after = look_at(tmp_path / "into")
    assert (tmp_path / "into").stat().st_size <= MB
    assert after.codecs == ("h264", "aac") if sound else ("h264",)
    assert after.index_first
    assert (after.size_px, after.frames) == (before.size_px, before.frames)
    assert after.duration_s == pytest.approx(before.duration_s, abs=0.1)


def test_it_shows_what_it_showed(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip", bits_per_s=6 * MB)

    shrink(clip, tmp_path / "into", MB)

    before, after = frames_of(clip), frames_of(tmp_path / "into")
    assert len(before) == len(after)
    for one, other in zip(before, after, strict=True):
        assert difference(one, other) < 6
    assert difference(before[0], after[-1]) > 20


@pytest.mark.thorough
def test_a_tall_picture_keeps_its_shape(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip", size_px=(540, 960), bits_per_s=4 * MB)

    shrink(clip, tmp_path / "into", 170_000)

    assert look_at(tmp_path / "into").size_px == (360, 640)


@pytest.mark.thorough
def test_what_is_far_too_rich_does_not_exceed_the_bytes_allowed(
    tmp_path: Path,
) -> None:
    """Its bit rate is kept on average alone, so that a first try may be too large."""
    clip = make_clip(
        tmp_path / "clip", size_px=(640, 360), bits_per_s=20 * MB, frames_per_s=30
    )

    shrink(clip, tmp_path / "into", 200_000)

    assert (tmp_path / "into").stat().st_size <= 200_000


def a_plan(
    max_bytes: int,
    *,
    duration_s: float = 10,
    shorter_side_px: int = 720,
    frames_per_s: float = 24,
    has_sound: bool = True,
) -> Plan:
    return plan_for(
        max_bytes,
        duration_s=duration_s,
        shorter_side_px=shorter_side_px,
        frames_per_s=frames_per_s,
        has_sound=has_sound,
    )
