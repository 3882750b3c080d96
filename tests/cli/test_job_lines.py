"""What the operator reads about one job."""

import json

from bot.cli.job_lines import as_json, details
from bot.ids import UserId
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from tests.factories import NOON, make_job


def shown(job: Job) -> dict[str, str]:
    return {name: said.strip() for name, _, said in map(_parted, details(job))}


def _parted(line: str) -> tuple[str, str, str]:
    return line.partition(" ")


def test_a_picture_is_told_of_by_its_kind_its_owner_and_its_upload() -> None:
    use = PictureUse(kind=PictureKind.POSTED, owner_id=UserId(2**60))
    job = make_job(picture=use, picture_uploaded_at=NOON)
    lines, read = shown(job), json.loads(as_json(job))

    assert lines["picture_kind"] == "posted"
    assert lines["picture_owner_id"] == str(2**60)
    assert lines["picture_uploaded_at"] == f"{NOON:%Y-%m-%d %H:%M:%S} UTC"
    assert read["picture_kind"] == "posted"
    assert read["picture_owner_id"] == str(2**60)
    assert read["picture_uploaded_at"] == NOON.isoformat()


def test_without_a_picture_nothing_is_said_of_one() -> None:
    job = make_job()

    assert not [name for name in shown(job) if name.startswith("picture")]
    assert json.loads(as_json(job))["picture_kind"] is None
