"""The configuration as commands get it: `--config`; faults as lines and a status."""

import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar

import click

from bot import logs
from bot.cli.endings import INVALID_STATUS
from bot.config import Config, load, load_without_secrets, placeholders
from bot.errors import ConfigInvalid

ANY_PATH = click.Path(path_type=Path, readable=False)
"""A path as it was typed: click's own refusals are usage texts, and ours a sentence."""
_PATH = "clapper.config"

F = TypeVar("F", bound=Callable[..., Any])


def config_option(command: F) -> F:
    """Give a command `--config`. It may stand before or behind the command's name."""
    return click.option(
        "--config",
        metavar="PATH",
        type=ANY_PATH,
        expose_value=False,
        callback=_remember,
        help="The TOML file. Default: CLAPPER_CONFIG, else config.toml if it exists.",
    )(command)


def read_config() -> Config:
    """Return the configuration that this invocation means.

    Raises:
        ConfigInvalid: As `bot.config.load`; also if a secret is the example's.
    """
    config = load(_path(), os.environ)
    if unfilled := list(placeholders(config)):
        raise ConfigInvalid(unfilled)
    return config


def begin() -> Config:
    """Return the configuration, with the log begun as it says.

    Where it is at fault, the program ends with one line for each fault.
    """
    return _begin(read_config)


def begin_without_secrets(also: Collection[str] = ()) -> Config:
    """Do the same for a command that asks neither Discord nor EvoLink.

    What is `also` a secret is kept out of the log, too.
    """
    return _begin(lambda: load_without_secrets(_path(), os.environ), also)


def _begin(read: Callable[[], Config], also: Collection[str] = ()) -> Config:
    try:
        config = read()
    except ConfigInvalid as error:
        for fault in error.faults:
            click.echo(fault, err=True)
        sys.exit(INVALID_STATUS)
    begin_log(config, also)
    return config


def _path() -> Path | None:
    path: Path | None = click.get_current_context().meta.get(_PATH)
    return path


def begin_log(config: Config, also: Collection[str] = ()) -> None:
    """Send what is logged to stderr from now on, with the secrets filtered out."""
    logs.start(
        form=config.log.format,
        level=config.log.level,
        secrets=(*config.secrets(), *also),
        stream=sys.stderr,
    )


def _remember(
    context: click.Context, _option: click.Parameter, path: Path | None
) -> None:
    if path is not None:
        context.meta[_PATH] = path  # shared with the contexts of subcommands
