"""`clapper db`: the database's schema, its copies, and whether its sums are right."""

from pathlib import Path

import click

from bot.cli.endings import plain_endings
from bot.cli.loops import run_in_loop
from bot.cli.settings import ANY_PATH, begin_without_secrets, config_option
from bot.config.addresses import passwords_in
from bot.errors import StartupError

_INTERRUPTED = (
    "The copy was interrupted and is incomplete: delete it before you try again."
)


@click.group()
def db() -> None:
    """Upgrade, back up, restore, move or check the database."""


@db.command()
@config_option
def upgrade() -> None:
    """Bring the tables up to date, after a backup beside the database.

    `run` does the same when it starts. To do it in advance, stop the bot first.
    Databases of all releases can be upgraded, beginning with the first.
    """
    storage = begin_without_secrets().storage
    with plain_endings():
        from bot.cli import database  # noqa: PLC0415 - see `bot.cli`

        changed = run_in_loop(database.upgrade(storage.url, storage.backup_dir))
    click.echo(f"The database {'is now' if changed else 'was already'} up to date.")


@db.command()
@click.argument("path", metavar="PATH", type=ANY_PATH)
@config_option
def backup(path: Path) -> None:
    """Copy the database to PATH, a new file. The bot may be running."""
    url = begin_without_secrets().storage.url
    with plain_endings():
        from bot.cli import database  # noqa: PLC0415 - see `bot.cli`

        run_in_loop(database.backup(url, path))
    click.echo(f"The database is copied to {path}.")


@db.command()
@click.argument("path", metavar="FILE", type=ANY_PATH)
@config_option
def restore(path: Path) -> None:
    """Put FILE, a copy, in the place of the database. Stop the bot first.

    The copy is checked, and what was there is kept beside the database.
    """
    url = begin_without_secrets().storage.url
    with plain_endings():
        from bot.cli import database  # noqa: PLC0415 - see `bot.cli`

        done = run_in_loop(database.restore(url, path))
    click.echo(
        f"The database {done.database} is now that of {path}"
        f" (revision {done.revision})."
    )
    if done.kept is not None:
        click.echo(f"What was there is kept as {done.kept}.")
    else:
        click.echo("There was none before.")
    click.echo(f"Jobs that had not ended when it was made: {done.open_jobs}.")


@db.command()
@config_option
def restored() -> None:
    """Mark a database that another program has put back.

    That is pg_restore, say. What is open in it is looked for before it is paid for or
    posted again. Stop all bots first, and start none before this is done.
    """
    url = begin_without_secrets().storage.url
    with plain_endings():
        from bot.cli import database  # noqa: PLC0415 - see `bot.cli`

        open_jobs = run_in_loop(database.mark_recovered(url))
    click.echo(f"The database is marked. Jobs that had not ended in it: {open_jobs}.")


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


@db.command()
@click.option(
    "--from", "source", metavar="URL", required=True, help="The database to copy."
)
@click.option(
    "--to", "target", metavar="URL", required=True, help="One that has no tables yet."
)
@config_option
def copy(source: str, target: str) -> None:
    """Copy everything into another database, and compare every row.

    URLs are those of storage.url: sqlite:///data/clapper.db or
    postgresql://NAME@HOST/DATABASE. Keep the password out of the command: set
    PGPASSWORD, or write it into ~/.pgpass. No bot may run on either database.
    """
    begin_without_secrets(also=passwords_in(source) | passwords_in(target))
    with plain_endings():
        from bot.cli import database  # noqa: PLC0415 - see `bot.cli`

        try:
            run_in_loop(database.copy(source, target, click.echo))
        except KeyboardInterrupt:
            raise StartupError(_INTERRUPTED) from None
    click.echo("The copy is complete: set storage.url to it, and start Clapper.")
