"""A clip, as a file."""

from pathlib import Path

import pytest


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * 1000)
    return path
