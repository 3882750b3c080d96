"""The settings of Clapper itself: polling, storage, web endpoints, logs."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    model_validator,
)

from bot.config.addresses import listen_address, public_address
from bot.config.sections import (
    LONGEST_S,
    MOST,
    Number,
    Seconds,
    Secret,
    SecretFile,
    Section,
    Unset,
)

PAGE_TOKEN_MIN_CHARS = 32
"""Of hexadecimal digits these are 128 bits, which nobody guesses."""


def _listen(text: str) -> str:
    text = text.strip()
    if text:
        listen_address(text)
    return text


def _database(url: str) -> str:
    scheme, slashes, rest = url.strip().partition("://")
    if scheme not in {"sqlite", "postgresql"} or not slashes or not rest.strip("/"):
        msg = "must be sqlite:///PATH (one more slash for a path from the root)"
        raise ValueError(msg)
    return url.strip()


def _page_token(token: SecretStr) -> SecretStr:
    if len(token.get_secret_value()) < PAGE_TOKEN_MIN_CHARS:
        msg = (
            f"must have at least {PAGE_TOKEN_MIN_CHARS} characters: make one with"
            " `openssl rand -hex 32`"
        )
        raise ValueError(msg)
    return token


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


class Polling(Section):
    """How often EvoLink is asked, and for how long."""

    min_interval_s: Seconds = 2
    """Never ask about one task more often."""
    give_up_after_s: Seconds = 3600
    """After this a task still running is reported as failed and released."""


class Storage(Section):
    """Where jobs and clips are kept."""

    # Not shown: an address of a database may hold a password.
    url: Annotated[str, AfterValidator(_database)] = Field(
        default="sqlite:///data/clapper.db", repr=False
    )
    spool_dir: Path = Path("data/spool")
    """Where clips wait for delivery."""
    backup_every_h: Annotated[float, Field(ge=0, le=LONGEST_S / 3600), Number] = 24
    """Hours between automatic copies of a SQLite file; 0 = none are made."""
    backup_keep: Annotated[int, Field(ge=1, le=MOST), Number] = 7
    """How many of them are kept."""
    backup_dir: Path = Path("data/backups")
    """Where they lie."""

    @property
    def is_server(self) -> bool:
        """Whether the database is on a server, and so no file that is copied."""
        return not self.url.startswith("sqlite:")


class Http(Section):
    """Our own web endpoints."""

    listen: Annotated[str, AfterValidator(_listen)] = "127.0.0.1:8080"
    """HOST:PORT of the page, /healthz, /metrics and callbacks; empty = off."""
    page_token: Annotated[
        Annotated[Secret, AfterValidator(_page_token)] | None, Unset
    ] = None
    """Opens the operator's page; None = it is shown on this machine alone."""
    page_token_file: SecretFile = None
    """Where to read that token instead of naming it here."""
    public_url: Annotated[
        Annotated[str, AfterValidator(public_address)] | None, Unset
    ] = None
    """Where EvoLink reaches us; None = no callbacks are asked for."""

    @model_validator(mode="after")
    def _callbacks_have_an_endpoint(self) -> Self:
        if self.public_url is not None and not self.listen:
            msg = (
                "http.public_url (CLAPPER_HTTP__PUBLIC_URL) needs "
                "http.listen (CLAPPER_HTTP__LISTEN), which is off."
            )
            raise ValueError(msg)
        return self


class Log(Section):
    """What the log looks like, and how much it says."""

    format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = "console"
    level: Annotated[
        Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)
    ] = "info"
