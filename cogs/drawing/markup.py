"""Discord's markup, and how user text is made inert in it.

Sources: Discord docs, "Message Formatting" and "Message Resource".
"""

import re
import unicodedata
from datetime import datetime, timedelta

from bot.ids import ChannelId, GuildId, MessageId, UserId
from bot.servers.people import FORGOTTEN
from bot.texts.texts import Texts

ELLIPSIS = "…"
_FAR_OFF = timedelta(hours=12)

# Everything that can begin or end a notation. Discord lets a backslash make any of them
# an ordinary character.
_SPECIAL = re.compile(r"([\\`*_~|<>\[\]()#+\-.:])")

_LEAVES_LINK = re.compile(r"[<>\s]")

# They reverse or isolate the writing direction, also of what follows the quotation.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def mention(user_id: UserId) -> str:
    """Return the mention of a person. Whether it pings is up to allowed_mentions."""
    return f"<@{user_id}>"


def member_name(texts: Texts, locale: str, user_id: UserId) -> str:
    """Return the mention of a member, or a word for one who has been forgotten."""
    if user_id == FORGOTTEN:
        return texts.say(locale, "member-forgotten")
    return mention(user_id)


def channel_mention(channel_id: ChannelId) -> str:
    """Return the name of a channel as a link to it."""
    return f"<#{channel_id}>"


def role_mention(role_id: int) -> str:
    """Return the mention of a role. Whether it pings is up to allowed_mentions."""
    return f"<@&{role_id}>"


def relative(at: datetime) -> str:
    """Return a moment that each reader's own client shows as "in 2 minutes"."""
    return f"<t:{int(at.timestamp())}:R>"


def time_of_day(at: datetime, now: datetime) -> str:
    """Return a future moment as the time of day, with the date if it is another day.

    Unlike `relative` it stays right where nobody can edit it any more.
    """
    style = "t" if at - now < _FAR_OFF else "f"
    return f"<t:{int(at.timestamp())}:{style}>"


def date_and_time(at: datetime) -> str:
    """Return a moment that each reader's own client shows in their time zone."""
    return f"<t:{int(at.timestamp())}:f>"


def message_link(
    guild_id: GuildId, channel_id: ChannelId, message_id: MessageId
) -> str:
    """Return the address of a message, which clients show as a small link."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def bare_link(url: str) -> str:
    """Return an address as a link that cannot be left early by a character in it."""
    safe = _LEAVES_LINK.sub(_percent, url)
    return f"<{safe}>"


def quotation(prompt: str, most_chars: int) -> str:
    """Return a prompt as a one-line quotation without active markup.

    No mention, link, heading or formatting survives. At most `most_chars` characters of
    the prompt are shown; what is returned may be twice as long.
    """
    return f"> {inert(prompt, most_chars)}"


def inert(text: str, most_chars: int) -> str:
    """Return a text on one line in which no notation of Discord's works."""
    words = shortened(text, most_chars)
    # Discord looks for @everyone before it looks for backslashes; an invisible space
    # after the sign is what its own clients' escapes rely on.
    return _SPECIAL.sub(r"\\\1", words).replace("@", "@\u200b")


def shortened(prompt: str, most_chars: int) -> str:
    """Return a prompt on one line, cut with an ellipsis, without control characters."""
    line = " ".join("".join(map(_visible, prompt)).split())
    if len(line) <= most_chars:
        return line
    return line[: most_chars - len(ELLIPSIS)].rstrip() + ELLIPSIS


def units(text: str) -> int:
    """Return a text's length as JavaScript counts it, which Discord may do too."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cs":
        # Half a character, which cannot be sent.
        return "\N{REPLACEMENT CHARACTER}"
    if category == "Cc":
        return " "
    return "" if char in _BIDI_CONTROLS else char


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode())
