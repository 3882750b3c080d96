"""Every sentence that people read in Discord, in each language we speak."""

from bot.texts.texts import DEFAULT_LOCALE, Texts

__all__ = ["DEFAULT_LOCALE", "Texts"]
