"""The clips that the stand-in hands out."""

from itertools import product

import av
import pytest

from sandbox.clips import LENGTHS_S, SIZES_PX, clip_bytes, clip_path

MAX_TOTAL_BYTES = 200 * 1024


@pytest.mark.parametrize(("aspect", "length_s"), list(product(SIZES_PX, LENGTHS_S)))
def test_each_clip_is_h264_of_the_ordered_shape_and_length(
    aspect: str, length_s: int
) -> None:
    """Browsers and Discord play H.264 with 4:2:0 everywhere."""
    with av.open(str(clip_path(aspect, length_s))) as container:
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(video=0))
        codec = stream.codec_context

        assert (codec.name, codec.pix_fmt, codec.profile) == (
            "h264",
            "yuv420p",
            "Main",
        )
        assert (codec.width, codec.height) == SIZES_PX[aspect]
        assert frames / float(stream.average_rate or 0) == pytest.approx(length_s)


@pytest.mark.parametrize(("aspect", "length_s"), list(product(SIZES_PX, LENGTHS_S)))
def test_each_clip_can_start_before_it_has_arrived(aspect: str, length_s: int) -> None:
    """The index stands before the pictures."""
    clip = clip_bytes(aspect, length_s)

    assert clip[4:8] == b"ftyp"
    assert 0 < clip.index(b"moov") < clip.index(b"mdat")


def test_all_clips_together_are_small_and_no_two_are_alike() -> None:
    clips = [clip_bytes(*kind) for kind in product(SIZES_PX, LENGTHS_S)]

    assert sum(map(len, clips)) <= MAX_TOTAL_BYTES
    assert len(set(clips)) == len(clips)


def test_a_length_without_a_clip_gets_the_longest_that_is_not_longer() -> None:
    assert clip_bytes("1:1", 8) == clip_bytes("1:1", 6)
    assert clip_bytes("1:1", 30) == clip_bytes("1:1", 10)


def test_a_shape_without_a_clip_is_an_error() -> None:
    with pytest.raises(KeyError):
        clip_path("21:9", 6)
