"""`clapper run`: the bot itself."""

import os

import click

from bot.cli.endings import plain_endings
from bot.cli.loops import heed_early_sigterm, run_in_loop
from bot.cli.settings import begin, config_option
from bot.service_manager import ServiceManager


@click.command()
@config_option
def run() -> None:
    """Run the bot until SIGTERM or SIGINT.

    Exit status: 0 after a signal, 1 if it cannot start, 2 if the configuration is at
    fault.
    """
    heed_early_sigterm()
    config = begin()
    with plain_endings():
        from bot.app import serve  # noqa: PLC0415 - only this command needs it all

        run_in_loop(serve(config, ServiceManager.of(os.environ)))
