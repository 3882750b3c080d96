"""The folder of clips."""

import os
import stat
from pathlib import Path

import pytest

from bot.delivery.spool import Spool
from bot.ids import JobId
from tests.factories import make_job


def test_a_spool_is_made_for_us_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "spool"

    Spool(folder).prepare()
    Spool(folder).prepare()

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_spool_that_cannot_be_written_is_refused_at_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not when the first clip is paid for."""
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(PermissionError, match="cannot be written"):
        Spool(tmp_path).prepare()


def test_a_file_in_the_spools_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "spool").touch()

    with pytest.raises(OSError, match="exists"):
        Spool(tmp_path / "spool").prepare()


def test_each_job_has_a_file_of_its_own_and_is_found_by_it(spool: Spool) -> None:
    one, other = make_job(), make_job()
    for job in (one, other):
        spool.path(job).touch()

    assert set(spool.jobs()) == {one.id, other.id}
    spool.discard(one.id)
    spool.discard(one.id)
    assert list(spool.jobs()) == [other.id]


def test_strangers_in_the_folder_are_left_alone(spool: Spool, tmp_path: Path) -> None:
    for name in ("notes.txt", "clapper-XYZ.mp4", "clapper-0123456789abcdef.mp4.part"):
        (tmp_path / "spool" / name).touch()

    assert list(spool.jobs()) == []
    spool.discard(JobId("0123456789abcdef"))
    assert len(list((tmp_path / "spool").iterdir())) == 3


def test_old_parts_are_swept_and_new_ones_kept(spool: Spool, tmp_path: Path) -> None:
    old, new = (tmp_path / "spool" / f"{name}.mp4.part" for name in ("old", "new"))
    for part in (old, new):
        part.touch()
    os.utime(old, (0, 0))

    spool.discard_parts(older_than_s=3600)

    assert (old.exists(), new.exists()) == (False, True)


def test_a_part_that_another_process_ends_meanwhile_does_not_disturb(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spool"
    left, ended = folder / "left.mp4.part", folder / "ended.mp4.part"
    left.touch()
    os.utime(left, (0, 0))
    monkeypatch.setattr(Path, "glob", lambda *_: iter([ended, left]))

    spool.discard_parts(older_than_s=3600)

    assert not left.exists()
