"""Detects secrets that still have the example's value."""

from collections.abc import Iterator
from types import MappingProxyType

from bot.config.config import Config
from bot.config.names import Setting

PLACEHOLDERS = MappingProxyType(
    {
        Setting("discord", "token"): (
            "put-the-bot-token-here",
            "put your bot's token there (Discord Developer Portal: Bot, Reset Token)",
        ),
        Setting("evolink", "api_key"): (
            "put-the-api-key-here",
            "put your API key there (EvoLink's dashboard)",
        ),
    }
)
"""What `config.example.toml` says, and what to do about it."""


def placeholders(config: Config) -> Iterator[str]:
    """Yield a sentence for each secret that is the example's own."""
    for setting, (example, advice) in PLACEHOLDERS.items():
        secret = getattr(getattr(config, setting.section), setting.key)
        if secret.get_secret_value() == example:
            yield f"{setting} is still the example's: {advice}."
