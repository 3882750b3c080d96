"""The command line: one file for each command, put together here.

A command reads the configuration and calls what does the work. That is imported only
when the command runs: `--version` needs neither Discord nor a database.
"""

import click

from bot import __version__
from bot.cli.check import check
from bot.cli.db import db
from bot.cli.demo import demo
from bot.cli.jobs import jobs
from bot.cli.processes import processes
from bot.cli.run import run
from bot.cli.settings import config_option


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@config_option
@click.version_option(__version__, prog_name="clapper")
def main() -> None:
    """Clapper, a Discord bot that makes short videos from prompts."""


for command in (run, check, db, jobs, processes, demo):
    main.add_command(command)
