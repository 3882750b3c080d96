"""Every request that leaves for EvoLink is counted, and nothing else."""

from collections import Counter

import aiohttp
import pytest
from pydantic import SecretStr

from bot.counting import CountRequest
from bot.errors import AccountRefused, FilesFull, FilesRefused, TaskUnknown
from bot.evolink.client import EvolinkClient
from bot.evolink.files import EvolinkFiles
from bot.ids import FileId, TaskId, new_submit_key
from tests.evolink.scripted import KEY, TASK_ID, ScriptedEvolink
from tests.factories import make_request

Tally = Counter[tuple[str, str, str]]


@pytest.fixture
def tally() -> Tally:
    return Counter()


@pytest.fixture
def count(tally: Tally) -> CountRequest:
    def counted(service: str, endpoint: str, outcome: str) -> None:
        tally[service, endpoint, outcome] += 1

    return counted


@pytest.fixture
def client(
    session: aiohttp.ClientSession, evolink: ScriptedEvolink, count: CountRequest
) -> EvolinkClient:
    return EvolinkClient(
        session, base_url=evolink.base_url, api_key=SecretStr(KEY), count=count
    )


async def test_each_of_the_four_calls_counts(
    client: EvolinkClient, evolink: ScriptedEvolink, tally: Tally
) -> None:
    task = {"id": TASK_ID, "status": "processing", "progress": 10}
    evolink.says(200, task)
    evolink.says(200, task)
    evolink.says(200, {"data": [task]})
    evolink.says(402, {"error": {"message": "no credits"}})
    await client.create(make_request(), key=new_submit_key())
    await client.task(TaskId(TASK_ID))
    await client.tasks([TaskId(TASK_ID)])
    with pytest.raises(AccountRefused):
        await client.credits()

    assert tally == {
        ("evolink", "create", "ok"): 1,
        ("evolink", "task", "ok"): 1,
        ("evolink", "batch", "ok"): 1,
        ("evolink", "credits", "AccountRefused"): 1,
    }


@pytest.fixture
def files(
    session: aiohttp.ClientSession, evolink: ScriptedEvolink, count: CountRequest
) -> EvolinkFiles:
    return EvolinkFiles(
        session, files_url=evolink.base_url, api_key=SecretStr(KEY), count=count
    )


async def test_uploads_and_deletions_count(
    files: EvolinkFiles, evolink: ScriptedEvolink, tally: Tally
) -> None:
    evolink.says(400, {"success": False, "code": 40003, "msg": "full"})
    evolink.says(404, {"success": False, "code": 404, "msg": "gone"})
    with pytest.raises(FilesFull):
        await files.upload("a.jpg", b"a picture", "image/jpeg")
    await files.delete(FileId("file_1"))

    assert tally == {
        ("evolink", "upload", "FilesFull"): 1,
        ("evolink", "delete_file", "ok"): 1,
    }


async def test_what_is_not_asked_does_not_count(
    client: EvolinkClient, files: EvolinkFiles, evolink: ScriptedEvolink, tally: Tally
) -> None:
    with pytest.raises(FilesRefused):
        await files.delete(FileId("../list"))
    with pytest.raises(TaskUnknown):
        await client.task(TaskId("../credits"))
    assert await client.tasks([TaskId("../credits")]) == {}

    assert evolink.requests == []
    assert not tally
