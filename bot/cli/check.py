"""`clapper check`: is everything in place? One sentence each, before the bot is run."""

import dataclasses
import json
import sys

import click

from bot.cli.checks.finding import ConfigurationFault, Finding, good, misconfigured
from bot.cli.endings import FAILED_STATUS, INVALID_STATUS, plain_endings
from bot.cli.loops import run_in_loop
from bot.cli.numbers import WholeNumber
from bot.cli.settings import begin_log, config_option, read_config
from bot.errors import ConfigInvalid


@click.command()
@click.option(
    "--guild",
    type=WholeNumber(min=1),
    metavar="ID",
    help="Also check the bot's permissions in this server's channels.",
)
@click.option(
    "--json", "wants_json", is_flag=True, help="Print JSON on stdout, for programs."
)
@config_option
def check(guild: int | None, *, wants_json: bool) -> None:
    """Check the configuration, the key, the token and the database.

    Changes nothing and costs nothing. Exit status: 0 if all is well, 2 if the
    configuration is at fault, else 1.
    """
    found: list[Finding] = []

    def say(finding: Finding) -> None:
        found.append(finding)
        if not wants_json:
            click.echo(str(finding))

    try:
        config = read_config()
    except ConfigInvalid as error:
        for fault in error.faults:
            say(misconfigured(fault))
    else:
        begin_log(config)
        say(good("The configuration is complete."))
        with plain_endings():
            from bot.cli.checks import everything  # noqa: PLC0415 - see `bot.cli`

            run_in_loop(everything.check(config, guild, say))
    well = all(finding.ok is not False for finding in found)
    if wants_json:
        findings = [dataclasses.asdict(finding) for finding in found]
        click.echo(json.dumps({"ok": well, "findings": findings}, indent=2))
    if any(isinstance(finding, ConfigurationFault) for finding in found):
        sys.exit(INVALID_STATUS)
    sys.exit(0 if well else FAILED_STATUS)
