"""The way from a file and an environment to one checked configuration."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.config.config import Config
from bot.config.environment import CONFIG_PATH, Environment, misspelt
from bot.config.faults import faults
from bot.config.names import secrets, sections
from bot.config.secret_files import preferred, read_secrets
from bot.errors import ConfigInvalid
from bot.text_files import NotUtf8, decoded

DEFAULT_PATH = Path("config.toml")
"""Read from the working directory, if it is there."""

DUMMY = "a-secret-that-is-not-read-by-this-command"
"""In place of a secret that is not needed."""


def load(path: Path | None, env: Mapping[str, str]) -> Config:
    """Read everything once. The environment wins over the file.

    Args:
        path: The file; None = the one that CLAPPER_CONFIG names, else `config.toml`
            in the working directory if it exists, else no file at all.
        env: The variables to read, usually `os.environ`.

    Raises:
        ConfigInvalid: If anything is missing or wrong; it names every fault at once,
            and no value of any setting.
    """
    return _load(path, env, with_secrets=True)


def load_without_secrets(path: Path | None, env: Mapping[str, str]) -> Config:
    """Do the same for what works on the database alone: the secrets are dummies.

    Raises:
        ConfigInvalid: As `load`, but for no fault of a secret.
    """
    return _load(path, env, with_secrets=False)


def _load(path: Path | None, env: Mapping[str, str], *, with_secrets: bool) -> Config:
    gathered, unreadable = _file(path, env)
    odd = {name: table for name, table in gathered.items() if not _is_table(table)}
    tables = {name: dict(table) for name, table in gathered.items() if name not in odd}
    settings = preferred(tables, Environment(env).settings())
    for section in sections():
        settings.setdefault(section, {})
    if with_secrets:
        unread, from_files = read_secrets(settings)
    else:
        unread, from_files = {}, {}
        for secret in secrets():
            settings[secret.section][secret.key] = DUMMY
    found = [*unreadable, *unread.values(), *misspelt(env)]
    try:
        config = Config(**(settings | odd))
    except ValidationError as error:
        # After a file that cannot be read every setting would seem to be missing.
        if not unreadable:
            found.extend(faults(error, unread, from_files))
        raise ConfigInvalid(found) from None  # the error holds the secrets' values
    if found:
        raise ConfigInvalid(found)
    return config


def _path_in(env: Mapping[str, str]) -> Path | None:
    name = env.get(CONFIG_PATH, "").strip()
    return Path(name) if name else None


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _file(
    path: Path | None, env: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """Return what the file says, and a sentence if it cannot be read."""
    named = path or _path_in(env)
    file = named or DEFAULT_PATH
    try:
        return tomllib.loads(decoded(file.read_bytes())), []
    except FileNotFoundError:
        if named is None:
            return {}, []
        return {}, [f"{file}: there is no such file."]
    except OSError as error:
        return {}, [f"{file}: cannot be read: {error.strerror}."]
    except NotUtf8 as error:
        return {}, [f"{file}: {error}"]
    except tomllib.TOMLDecodeError as error:
        # The message names the line and the kind of fault, never the line's text.
        return {}, [f"{file}: is not TOML: {error}."]
