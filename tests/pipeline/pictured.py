"""Jobs with pictures in a dispatcher's queue."""

from dataclasses import dataclass

import pytest

from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from storage.database.engine import Database
from storage.pictures.store import keep_picture
from tests.clock import FakeClock
from tests.pictures.files import ScriptedFiles
from tests.pipeline.conftest import MakeDispatcher
from tests.pipeline.outside import ScriptedEvolink
from tests.pipeline.stages import Stages

PICTURE = b"a JPEG"
USE = PictureUse(kind=PictureKind.ATTACHED, owner_id=None)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A dispatcher's surroundings, and jobs with pictures as the intake leaves them."""

    dispatcher: MakeDispatcher
    stages: Stages
    store: JobStore
    database: Database
    evolink: ScriptedEvolink
    files: ScriptedFiles
    account: AccountGate
    clock: FakeClock

    async def pictured(self) -> Job:
        job = await self.stages.queued(picture=USE)
        await self.database.write(lambda one: keep_picture(one, job.id, PICTURE))
        return job


@pytest.fixture
def line(  # noqa: PLR0913, PLR0917 - one for each part it joins
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    database: Database,
    evolink: ScriptedEvolink,
    files: ScriptedFiles,
    account: AccountGate,
    clock: FakeClock,
) -> Line:
    return Line(
        dispatcher=make_dispatcher,
        stages=stages,
        store=store,
        database=database,
        evolink=evolink,
        files=files,
        account=account,
        clock=clock,
    )
