"""The whole program, joined but not at work, on a database of its own."""

from pathlib import Path

import pytest

from bot.config import Config
from bot.config.limits import Operator
from bot.delivery.spool import Spool
from bot.pictures.preparation import Preparation
from bot.texts.texts import Texts
from bot.wiring.core import Core, join_core
from bot.wiring.program import Opened
from cogs.bot import ClapperBot
from storage.database.engine import Database
from storage.processes.all_shards import AllShards
from storage.processes.only import OnlyProcess
from tests.callbacks import ignored
from tests.clock import FakeClock
from tests.pictures.files import ScriptedFiles
from tests.pipeline.outside import ScriptedEvolink, ScriptedFetcher
from tests.processes import make_config


@pytest.fixture(scope="session")
def texts() -> Texts:
    return Texts.load(strict=True)


@pytest.fixture
def config() -> Config:
    config = make_config(public_url="https://clapper.example")
    return config.model_copy(update={"operator": Operator(channel_id=7)})


@pytest.fixture
def core(config: Config, clock: FakeClock, database: Database) -> Core:
    return join_core(config, clock, database, OnlyProcess(), monotonic=clock)


@pytest.fixture
def opened(
    core: Core,
    texts: Texts,
    evolink: ScriptedEvolink,
    files: ScriptedFiles,
    fetcher: ScriptedFetcher,
    tmp_path: Path,
) -> Opened:
    return Opened(
        core=core,
        bot=ClapperBot(
            texts,
            gateway_url=None,
            shard_count=None,
            leases=AllShards(),
            gateway_changed=ignored,
            count=ignored,
        ),
        evolink=evolink,
        files=files,
        fetcher=fetcher,
        spool=Spool(tmp_path / "spool"),
        preparation=Preparation(None),
        clip_tools=None,
        texts=texts,
        word_rules=(),
    )
