"""The stand-in's configuration. Defaults are as the real Discord."""

from dataclasses import dataclass
from pathlib import Path

from sandbox.discord.dispatches import Intent
from sandbox.discord.rate_limits import RateLimits
from sandbox.discord.records import MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """How this Discord behaves. The defaults are the real one's."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free one."""
    token: str = "sandbox-bot-token"  # noqa: S105 - opens nothing but this
    application_id: int = 1_100_000_000_000_000_000
    bot_name: str = "Clapper"
    shards: int = 1
    """How many the gateway recommends."""
    max_concurrency: int = 1
    """Into how many buckets the shards are divided for beginning sessions."""
    identify_interval_s: float = 5.0
    """How long a bucket waits between two sessions, in real seconds."""
    resume_window_s: float = 180.0
    """How long a session can be resumed; the real one says only "in time"."""
    default_upload_limit_bytes: int = 20 * MIB
    """The largest file without boosts."""
    ack_window_s: float = 3.0
    """How soon an interaction must be answered."""
    token_life_s: float = 15 * 60.0
    """How long an interaction's token lives."""
    nonce_window_s: float = 180.0
    """How long a nonce is remembered."""
    heartbeat_ms: int = 41_250
    granted_intents: Intent = Intent.ALWAYS
    """The privileged intents that the bot may ask for; by default none."""
    rate_limits: RateLimits = RateLimits()  # noqa: RUF009 - frozen
    openapi: Path | None = None
    """Discord's OpenAPI document, to check every request body against."""
    requests_kept: int = 10_000
