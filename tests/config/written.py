"""Settings as operators write them, and their faults."""

from pathlib import Path

import pytest

from bot.config import load
from bot.errors import ConfigInvalid

TOKEN = "MTIzNDU2Nzg5.the-bot-token"
KEY = "sk-the-api-key"
NEEDED = {"CLAPPER_DISCORD__TOKEN": TOKEN, "CLAPPER_EVOLINK__API_KEY": KEY}
DEFAULTS: dict[str, dict[str, object]] = {
    "discord": {
        "api_base": "https://discord.com/api/v10",
        "gateway_url": None,
        "shard_count": None,
        "upload_limit_mib": 20,
    },
    "evolink": {
        "base_url": "https://api.evolink.ai",
        "files_url": "https://files-api.evolink.ai",
        "models": None,
        "model": None,
        "picture_model": "grok-imagine-image-to-video-beta",
        "max_active_tasks": 20,
        "replay_submits": True,
        "allow_private_result_hosts": False,
    },
    "polling": {"min_interval_s": 2, "give_up_after_s": 3600},
    "storage": {
        "url": "sqlite:///data/clapper.db",
        "spool_dir": Path("data/spool"),
        "backup_every_h": 24,
        "backup_keep": 7,
        "backup_dir": Path("data/backups"),
    },
    "http": {
        "listen": "127.0.0.1:8080",
        "page_token": None,
        "page_token_file": None,
        "public_url": None,
    },
    "log": {"format": "console", "level": "info"},
    "quotas": {
        "server_per_day": 50,
        "server_per_month": 500,
        "server_at_once": 10,
        "server_most_per_day": 200,
        "server_most_per_month": 2000,
        "server_most_at_once": 20,
        "member_per_day": 5,
        "member_per_month": 50,
        "member_at_once": 2,
        "member_cooldown_s": 0,
        "server_credits_per_month": None,
        "total_credits_per_month": None,
        "credit_reserve": 0,
    },
    "operator": {
        "channel_id": None,
        "guilds_allowed": None,
        "guilds_barred": None,
        "privacy_url": None,
        "terms_url": None,
        "support_url": None,
        "greet": True,
    },
    "moderation": {"words_file": None, "spicy_words_file": None},
    "privacy": {"prompt_days": 90, "audit_days": 365, "departed_guild_days": 30},
}


def faults(path: Path | None = None, /, **env: str) -> list[str]:
    with pytest.raises(ConfigInvalid) as caught:
        load(path, env)
    return caught.value.faults


def variable(section: str, key: str) -> str:
    return f"CLAPPER_{section}__{key}".upper()


def written(text: str, name: str = "some.toml") -> Path:
    file = Path(name)
    file.write_text(text, encoding="utf-8")
    return file
