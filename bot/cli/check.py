"""`clapper check`: is everything in place? One sentence each, before the bot is run."""

import sys

import click

from bot.cli.endings import FAILED_STATUS, plain_endings
from bot.cli.loops import run_in_loop
from bot.cli.settings import begin_log, config_option, read_config
from bot.errors import ConfigInvalid


@click.command()
@click.option(
    "--guild",
    type=click.IntRange(min=1),
    metavar="ID",
    help="Look at the bot's permissions in this server's channels too.",
)
@config_option
def check(guild: int | None) -> None:
    """Check the configuration, the key, the token and the database.

    Changes nothing and costs nothing. Exit status: 0 if all is well, else 1.
    """
    try:
        config = read_config()
    except ConfigInvalid as error:
        for fault in error.faults:
            click.echo(f"✗ {fault}")
        sys.exit(FAILED_STATUS)
    begin_log(config)
    click.echo("✓ The configuration is complete.")
    with plain_endings():
        from bot.cli.checks import everything  # noqa: PLC0415 - see `bot.cli`

        well = run_in_loop(everything.look(config, guild, click.echo))
    sys.exit(0 if well else FAILED_STATUS)
