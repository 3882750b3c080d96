"""`clapper db`: the database's schema, its backup, and whether its sums are right."""

from pathlib import Path

import click

from bot.cli.endings import plain_endings
from bot.cli.loops import run_in_loop
from bot.cli.settings import begin_without_secrets, config_option


@click.group()
def db() -> None:
    """Bring the database up to date, back it up, or check its sums."""


@db.command()
@config_option
def upgrade() -> None:
    """Bring the tables up to date, after a backup beside the database.

    `run` does the same when it starts. To do it in advance, stop the bot first.
    Databases of all releases can be upgraded, beginning with the first.
    """
    url = begin_without_secrets().storage.url
    with plain_endings():
        from bot.cli import database  # noqa: PLC0415 - see `bot.cli`

        changed = run_in_loop(database.upgrade(url))
    click.echo(f"The database {'is now' if changed else 'was already'} up to date.")


@db.command()
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@config_option
def backup(path: Path) -> None:
    """Copy the database to PATH, a new file. The bot may be running."""
    url = begin_without_secrets().storage.url
    with plain_endings():
        from bot.cli import database  # noqa: PLC0415 - see `bot.cli`

        run_in_loop(database.backup(url, path))
    click.echo(f"The database is copied to {path}.")


@db.command()
@config_option
def check() -> None:
    """Compare the sums that are kept with what they sum up.

    Reads all jobs and the whole ledger. The bot may be running.
    """
    url = begin_without_secrets().storage.url
    with plain_endings():
        from bot.cli import database  # noqa: PLC0415 - see `bot.cli`

        run_in_loop(database.check(url))
    click.echo("The sums of the database are right.")
