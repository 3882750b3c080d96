"""`clapper processes`: who shares the database, and what each of them does."""

import click

from bot.cli.endings import plain_endings
from bot.cli.loops import run_in_loop
from bot.cli.settings import begin_without_secrets, config_option


@click.command()
@click.option(
    "--json", "wants_json", is_flag=True, help="Print JSON on stdout, for programs."
)
@config_option
def processes(*, wants_json: bool) -> None:
    """List the processes that share the database.

    On PostgreSQL: since when each runs, when it was last seen, what it does for all of
    them (its seats), its shards of Discord's gateway, how many connections it has, and
    how many jobs or messages each of its workers had in progress when it was last seen.
    A SQLite file has one process or none.
    """
    url = begin_without_secrets().storage.url
    with plain_endings():
        from bot.cli import database, process_lines  # noqa: PLC0415 - see `bot.cli`

        found = run_in_loop(database.at_work(url))
        lines = process_lines.as_json if wants_json else process_lines.as_text
        click.echo(lines(found))
