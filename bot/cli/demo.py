"""`clapper demo`: the bot at work, with stand-ins for Discord and EvoLink."""

import sys
from importlib.util import find_spec

import click

from bot.cli.endings import plain_endings
from bot.cli.numbers import Number, WholeNumber
from bot.errors import StartupError

NOT_INSTALLED = (
    "The demo is not part of this installation: in a checkout of Clapper, "
    "`pip install . ./demo` installs it, and `make demo` shows it at once."
)


@click.command()
@click.option(
    "--once", is_flag=True, help="Make one clip without a browser, then exit."
)
@click.option("--terminal", is_flag=True, help="Use this terminal instead of a page.")
@click.option(
    "--port",
    type=WholeNumber(0, 65_535),
    default=0,
    show_default="any free one",
    help="Port of the page, on this machine only.",
)
@click.option("--no-open", is_flag=True, help="Do not open the page in a browser.")
@click.option(
    "--speed",
    type=Number(0.1, 1000),
    default=1.0,
    show_default=True,
    help="How many times faster than real time clips are made.",
)
def demo(*, once: bool, terminal: bool, port: int, no_open: bool, speed: float) -> None:
    """Show Clapper at work. Needs no accounts, no keys and no network."""
    with plain_endings():
        if find_spec("bot.demo") is None or find_spec("sandbox") is None:
            raise StartupError(NOT_INSTALLED)
        from bot import demo as show  # noqa: PLC0415 - it brings the stand-ins along

        options = show.DemoOptions(
            once=once,
            terminal=terminal,
            port=port,
            opens_browser=not no_open,
            speed=speed,
        )
        status = show.run(options)
    sys.exit(status)
