"""A server's presets: words around a member's prompt, and settings. Pure."""

import unicodedata
from dataclasses import dataclass

from bot.jobs.video import is_text, shows
from bot.jobs.video_settings import VideoSettings
from bot.models.profile import PROMPT_MAX_CHARS
from bot.servers.audit import AuditValue

PLACEHOLDER = "{prompt}"
"""The placeholder in a preset's words for what the member writes."""
NAME_MAX_CHARS = 32
WORDS_MAX_CHARS = 1000
"""Three quarters of a prompt stay for the member's own words."""
MOST_PRESETS = 50
"""Of one server. Discord suggests 25 at once; typing narrows them down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What `/video preset:` puts around a prompt, and sets where no option does."""

    name: str
    words: str
    """Holds `{prompt}` exactly once."""
    settings: VideoSettings

    @property
    def key(self) -> str:
        """Its key, unique in its server."""
        return preset_key(self.name)

    @property
    def room(self) -> int:
        """How many characters the words leave for the member's prompt."""
        return PROMPT_MAX_CHARS - (len(self.words) - len(PLACEHOLDER))

    def prompt(self, typed: str) -> str:
        """Return the whole prompt. A `{prompt}` that a member types is only text."""
        before, _, after = self.words.partition(PLACEHOLDER)
        return f"{before}{typed}{after}"

    def values(self) -> dict[str, AuditValue]:
        """Return it as the audit records it."""
        chosen = self.settings
        given: dict[str, AuditValue] = {
            "model": chosen.model,
            "mode": chosen.mode,
            "duration_s": chosen.duration_s,
            "aspect": chosen.aspect,
            "quality": chosen.quality,
            "sound": chosen.sound,
        }
        set_ = {name: value for name, value in given.items() if value is not None}
        return {"name": self.name, "words": self.words, **set_}


def preset_key(name: str) -> str:
    """Return what two names that look alike have in common: no case, no width."""
    folded = unicodedata.normalize("NFKC", tidied(name)).casefold()
    return unicodedata.normalize("NFKC", folded)


def tidied(name: str) -> str:
    """Return a name without spaces around it, and with single ones in it."""
    return " ".join(name.split())


def preset_fault(preset: Preset) -> str | None:
    """Return the id of the text that says what is wrong with a preset, or None."""
    name, words = preset.name, preset.words
    if not (len(name) <= NAME_MAX_CHARS and name.isprintable() and shows(name)):
        return "refused-preset-name"
    if len(words) > WORDS_MAX_CHARS:
        return "refused-preset-words-long"
    if words.count(PLACEHOLDER) != 1:
        return "refused-preset-placeholder"
    if not is_text(words):
        return "refused-prompt-broken"
    return None
