"""A process of the program's own wiring, between stand-ins, looked after by hand."""

from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from bot.clock import Clock
from bot.config import Config
from bot.config.machinery import Http
from bot.config.outside import Discord, Evolink
from bot.operations.ports import Operator
from bot.pipeline.callbacks import CallbackDesk
from bot.wiring.core import Core, join_core
from bot.wiring.operations import join_account
from bot.wiring.pipeline import Outside, join_pipeline
from bot.wiring.requests import join_admission
from bot.wiring.rules import offer_of
from bot.workers.worker import Worker
from storage.database.engine import Database
from storage.pictures.store import SqlPictures
from storage.processes.only import OnlyProcess
from tests.channels import ScriptedGate, make_gate


def make_config(*, public_url: str | None = None, **evolink: Any) -> Config:
    """Return settings of which only these are not the usual ones."""
    return Config(
        discord=Discord(token=SecretStr("discord-token")),
        evolink=Evolink(**{"api_key": SecretStr("evolink-key")} | evolink),
        http=Http(public_url=public_url),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What carries jobs along in one life."""

    core: Core
    workers: list[Worker]
    callbacks: CallbackDesk | None


async def begin(
    config: Config,
    clock: Clock,
    database: Database,
    *,
    outside: Outside,
    operator: Operator,
) -> Process:
    """Begin a life, with what earlier ones have left in the database."""
    core = join_core(config, clock, database, OnlyProcess(), monotonic=clock)
    account = join_account(core, outside.evolink, operator)
    pipeline = join_pipeline(
        core,
        outside,
        offer=offer_of(config),
        pictures=SqlPictures(database),
        operator=operator,
        account=account,
        admission=join_admission(core, make_gate()),
        gate=ScriptedGate(),
    )
    workers = [*pipeline.workers, account.watch]
    for worker in workers:
        await worker.prepare()
    return Process(
        core=core,
        workers=workers,
        callbacks=pipeline.callbacks,
    )
