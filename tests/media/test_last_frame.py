"""The last frame of a clip is found, also where its end is damaged."""

import io
from pathlib import Path

import pytest
from PIL import Image

from bot.media.last_frame import write_last_frame
from bot.media.reading import NoVideo
from sandbox.clips import clip_path
from tests.media.clips import difference, frames_of, make_clip, make_sound


@pytest.mark.parametrize("duration_s", [1, 2, 8])
def test_it_is_the_last_and_no_other(tmp_path: Path, duration_s: int) -> None:
    """Those beside it differ by more."""
    clip = make_clip(tmp_path / "clip", duration_s=duration_s)

    write_last_frame(clip, tmp_path / "frame")

    frames = frames_of(clip)
    frame = picture_at(tmp_path / "frame")
    assert difference(frame, frames[-1]) < 2
    assert difference(frame, frames[-1]) < difference(frame, frames[-2]) - 2


def test_it_is_a_jpeg_of_the_clips_size(tmp_path: Path) -> None:
    write_last_frame(clip_path("9:16", 6), tmp_path / "frame")

    frame = picture_at(tmp_path / "frame")
    assert (frame.format, frame.size, frame.mode) == ("JPEG", (180, 320), "RGB")


def test_of_a_clip_whose_end_is_damaged_it_is_the_last_that_can_be_seen(
    tmp_path: Path,
) -> None:
    clip = make_clip(tmp_path / "clip", sound=False)
    data = bytearray(clip.read_bytes())
    end_of_frames = data.find(b"moov") - 4
    data[end_of_frames - 300 : end_of_frames] = bytes(300)
    clip.write_bytes(data)

    write_last_frame(clip, tmp_path / "frame")

    assert picture_at(tmp_path / "frame").size == (320, 180)


def test_without_pictures_there_is_none(tmp_path: Path) -> None:
    clip = make_sound(tmp_path / "clip")

    with pytest.raises(NoVideo):
        write_last_frame(clip, tmp_path / "frame")


def picture_at(path: Path) -> Image.Image:
    return Image.open(io.BytesIO(path.read_bytes()))
