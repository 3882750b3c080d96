"""`clapper db`: the database's schema and its backup."""

from pathlib import Path

import click

from bot.cli.endings import plain_endings
from bot.cli.loops import run_in_loop
from bot.cli.settings import config_option, valid_config


@click.group()
def db() -> None:
    """Bring the database up to date, or back it up."""


@db.command()
@config_option
def upgrade() -> None:
    """Bring the schema up to date, after a backup beside the database.

    `run` does the same at its start; this is for doing it ahead. Stop the bot first.
    """
    config = valid_config()
    with plain_endings():
        from storage import schema  # noqa: PLC0415 - see `bot.cli`

        run_in_loop(schema.upgrade(config.storage.url))
        click.echo("The database is up to date.")


@db.command()
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@config_option
def backup(path: Path) -> None:
    """Copy the database to PATH, a new file. The bot may be running."""
    config = valid_config()
    with plain_endings():
        from bot.cli.database import demand_existing  # noqa: PLC0415 - see `bot.cli`
        from storage import schema  # noqa: PLC0415

        demand_existing(config.storage)
        run_in_loop(schema.backup(config.storage.url, path))
        click.echo(f"The database is copied to {path}.")
