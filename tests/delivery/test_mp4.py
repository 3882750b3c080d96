"""What is a whole mp4."""

import io
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import given, strategies as st
from PIL import Image

from bot.delivery.mp4 import MOST_BOXES, check_clip
from bot.errors import FetchCutShort, FetchError, FetchUnusable
from sandbox.clips import LENGTHS_S, SIZES_PX, clip_bytes
from tests.delivery.boxes import (
    FTYP,
    MDAT,
    MOOF,
    MOOV,
    box,
    long_box,
    moov,
    open_box,
    track,
)

CLIP = clip_bytes("16:9", 6)
PLAYABLE = {
    "moov first": FTYP + MOOV + MDAT,
    "moov last": FTYP + MDAT + MOOV,
    "free first": box(b"free", bytes(40)) + FTYP + MOOV + MDAT,
    "skip, wide and uuid first": (
        box(b"skip") + box(b"wide") + box(b"uuid", bytes(16)) + FTYP + MOOV + MDAT
    ),
    "boxes nobody knows": FTYP + box(b"zzzz", b"?") + MOOV + box(b"\xa9xyz") + MDAT,
    "lengths of 64 bits": FTYP + long_box(b"moov", MOOV[8:]) + long_box(b"mdat", b"x"),
    "open to the end": FTYP + MOOV + open_box(b"mdat", b"frames"),
    "an empty mdat before the real one": FTYP + MOOV + box(b"mdat") + MDAT,
    "fragmented": FTYP + MOOV + MOOF + MDAT + MOOF + MDAT,
    "segmented": (
        FTYP + MOOV + box(b"styp", b"msdh0000") + box(b"sidx", bytes(24)) + MOOF + MDAT
        + box(b"mfra", bytes(16))
    ),
    "QuickTime": box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"wide") + MDAT + MOOV,
    "zeros after the end": FTYP + MOOV + MDAT + bytes(4),
    "many zeros after the end": FTYP + MOOV + MDAT + bytes(4096),
    "the video is the third track": (
        FTYP + moov(track(b"soun"), track(b"text"), track(b"vide")) + MDAT
    ),
    "zeros at the end of moov": FTYP + moov(track(b"vide"), bytes(4)) + MDAT,
}  # fmt: skip
HALF = {
    "empty": b"",
    "two bytes": b"\0\0",
    "in the middle of the first header": FTYP[:11],
    "in the middle of moov": FTYP + MOOV[:40],
    "in the middle of mdat": FTYP + MOOV + MDAT[:40],
    "in the middle of a long header": FTYP + MOOV + long_box(b"mdat", b"x")[:12],
    "before moov": FTYP + MDAT,
    "before mdat": FTYP + MOOV,
    "between a fragment and its frames": FTYP + MOOV + MOOF + MDAT + MOOF,
    "in the header of the next fragment": FTYP + MOOV + MOOF + MDAT + bytes(3),
    "in the header of what may be moov": FTYP + MDAT + bytes(3),
    "in the middle of a header": FTYP + MOOV + MDAT + MOOF[:7],
    "a length beyond all files": FTYP + struct.pack(">I4sQ", 1, b"mdat", 2**64 - 1),
}
OTHER = {
    "32 bytes of ftyp": CLIP[:32],
    "a page": b"<html><body>Just a moment</body></html>" * 50,
    "text": b"Not Found, sorry",
    "a still picture (HEIF)": (
        box(b"ftyp", b"heic\0\0\0\0mif1heic")
        + box(b"meta", bytes(4), box(b"hdlr", bytes(8), b"pict", bytes(13)))
        + MDAT
    ),
    "moving pictures (AVIF)": (
        box(b"ftyp", b"avis\0\0\0\0avifavis") + moov(track(b"pict")) + MDAT
    ),
    "sound alone": box(b"ftyp", b"M4A \0\0\0\0") + moov(track(b"soun")) + MDAT,
    "no track": FTYP + moov() + MDAT,
    "no ftyp": MOOV + MDAT,
    "an ftyp that says nothing": box(b"ftyp", b"isom") + MOOV + MDAT,
    "a length below its header's": FTYP + struct.pack(">I4s", 7, b"free") + MOOV + MDAT,
    "a long length below its header's": (
        FTYP + struct.pack(">I4sQ", 1, b"free", 15) + MOOV + MDAT
    ),
    "a track larger than moov": (
        FTYP + box(b"moov", struct.pack(">I4s", 9999, b"trak")) + MDAT
    ),
    "a handler too short": (
        FTYP + moov(box(b"trak", box(b"mdia", box(b"hdlr", bytes(7))))) + MDAT
    ),
    "too many boxes": FTYP + box(b"free") * (MOST_BOXES + 1) + MOOV + MDAT,
    "too many boxes in moov": FTYP + moov(box(b"free") * (MOST_BOXES + 1)) + MDAT,
}


def check(file: bytes) -> None:
    check_clip(io.BytesIO(file))


@pytest.mark.parametrize("file", PLAYABLE.values(), ids=PLAYABLE)
def test_a_whole_clip_is_taken_however_it_is_put_together(file: bytes) -> None:
    check(file)


@pytest.mark.parametrize("file", HALF.values(), ids=HALF)
def test_half_a_clip_is_known(file: bytes) -> None:
    with pytest.raises(FetchCutShort):
        check(file)


@pytest.mark.parametrize("file", OTHER.values(), ids=OTHER)
def test_what_never_becomes_a_clip_is_known(file: bytes) -> None:
    with pytest.raises(FetchUnusable):
        check(file)


@pytest.mark.parametrize("aspect", sorted(SIZES_PX))
@pytest.mark.parametrize("length_s", LENGTHS_S)
def test_real_clips_are_clips(aspect: str, length_s: int) -> None:
    check(clip_bytes(aspect, length_s))


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("mp4", {}),
        ("mp4", {"movflags": "faststart"}),
        ("mp4", {"movflags": "frag_keyframe+empty_moov+default_base_moof"}),
        ("mp4", {"movflags": "dash+frag_every_frame+global_sidx"}),
        ("mov", {}),
        ("3gp", {}),
    ],
    ids=str,
)
def test_what_ffmpeg_writes_is_taken_whole_and_never_in_part(
    tmp_path: Path, suffix: str, options: dict[str, str]
) -> None:
    """The same frames, in the containers that are in use."""
    path = tmp_path / f"clip.{suffix}"
    _rewritten(path, options)
    file = path.read_bytes()

    check(file)
    for end in range(0, len(file), 997):
        with pytest.raises(FetchError):
            check(file[:end])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_no_picture_is_a_clip(kind: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (32, 32)).save(file, kind)

    with pytest.raises(FetchUnusable):
        check(file.getvalue())


@given(st.binary(max_size=400))
def test_any_bytes_come_to_a_verdict(file: bytes) -> None:
    with pytest.raises(FetchError):
        check(file)


_KINDS = st.sampled_from(
    [b"ftyp", b"moov", b"trak", b"mdia", b"hdlr", b"mdat", b"moof", b"meta", b"free"]
)
_SIZES = st.one_of(
    st.integers(0, 64), st.sampled_from([2**31, 2**32 - 1]), st.just(len(MOOV))
)
_PIECES = st.one_of(
    st.binary(max_size=20),
    st.sampled_from([FTYP, MOOV, MDAT, MOOF]),
    st.builds(struct.pack, st.just(">I4s"), _SIZES, _KINDS),
    st.builds(
        struct.pack, st.just(">I4sQ"), st.just(1), _KINDS, st.integers(0, 2**64 - 1)
    ),
)


@given(st.lists(_PIECES, max_size=12).map(b"".join))
def test_any_boxes_come_to_a_verdict(file: bytes) -> None:
    try:
        check(file)
    except FetchError:
        return
    assert b"vide" in file
    assert b"ftyp" in file


@given(st.data())
def test_a_clip_with_bytes_changed_comes_to_a_verdict(data: Any) -> None:
    file = bytearray(CLIP)
    for _ in range(data.draw(st.integers(1, 8))):
        file[data.draw(st.integers(0, 3000))] = data.draw(st.integers(0, 255))
    with suppress(FetchError):
        check(bytes(file))


@given(st.integers(0, len(CLIP) - 1))
def test_no_beginning_of_a_clip_is_one(end: int) -> None:
    with pytest.raises(FetchError):
        check(CLIP[:end])


def _rewritten(path: Path, options: dict[str, str]) -> None:
    with (
        av.open(io.BytesIO(CLIP), "r") as source,
        av.open(str(path), "w", options=options) as target,
    ):
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                target.mux(packet)
