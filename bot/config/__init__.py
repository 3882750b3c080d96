"""Every setting, read once into one frozen object. Nothing is read at import time.

`load` gathers the file and the environment; the sections say what each setting means.
Nothing here knows who uses a setting, and no secret can be printed by accident.
"""

from bot.config.config import Config
from bot.config.limits import Moderation, Operator, Privacy, Quotas
from bot.config.loading import load, load_without_secrets
from bot.config.machinery import Http, Log, Polling, Storage
from bot.config.outside import Discord, Evolink
from bot.config.secret_files import placeholders
from bot.config.sections import Section

__all__ = [
    "Config",
    "Discord",
    "Evolink",
    "Http",
    "Log",
    "Moderation",
    "Operator",
    "Polling",
    "Privacy",
    "Quotas",
    "Section",
    "Storage",
    "load",
    "load_without_secrets",
    "placeholders",
]
