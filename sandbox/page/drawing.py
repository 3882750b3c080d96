"""Messages, forms and their parts as the page draws them: texts as HTML, links ours.

Every text becomes HTML here, by `markdown`; the page itself never makes any of text.
"""

from copy import deepcopy
from typing import Any

from sandbox.discord.components import ComponentType, walk
from sandbox.discord.messages import Message, MessageType
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.wire import Json, moment_s
from sandbox.page.markdown import Markdown
from sandbox.page.sight import Sight

EXCERPT_CHARS = 120
_EMBED_TEXTS = ("title", "description")


class Drawing:
    """Draws for one person."""

    def __init__(self, discord: DiscordSandbox, sight: Sight) -> None:
        self._discord = discord
        self._sight = sight
        self._markdown = Markdown(sight.names)

    def message(self, message: Message) -> Json:
        """Return a message as this person sees it."""
        payload = self._local(self._discord.payload(message))
        viewer = self._sight.viewer
        edited_s = message.edited_s
        return {
            "id": str(message.id),
            "channel_id": str(message.channel_id),
            "author": self._sight.person(message.author),
            "at": moment_s(message.id),
            "edited": edited_s is not None and not message.ephemeral,
            "ephemeral": message.ephemeral,
            "loading": message.loading,
            "calls_me": viewer.id in message.pinged or viewer.id in message.mentions,
            "may_delete": self._sight.may_delete(message),
            "above": self._above(message),
            "html": self._html(message.content),
            "embeds": [self._embed(one) for one in payload["embeds"]],
            "files": payload["attachments"],
            "components": self.components(payload["components"]),
        }

    def components(self, components: Any) -> list[Json]:  # noqa: ANN401 - JSON
        """Return parts with their texts as HTML."""
        drawn: list[Json] = deepcopy(list(components))
        for part in walk(drawn):
            if part.get("type") == ComponentType.TEXT_DISPLAY:
                part["html"] = self._html(str(part.pop("content", "")))
        return drawn

    def _html(self, text: str) -> str:
        return self._markdown.html(text) if text else ""

    def _above(self, message: Message) -> Json | None:
        """Return the line above a message: what it answers, or the command behind."""
        origin = message.origin
        if origin is not None:
            if message.type is not MessageType.CHAT_INPUT_COMMAND:
                return None
            person = self._sight.person(origin.user)
            return {"by": person, "command": origin.command_name}
        answered = self._discord.find_message(message.reply_to_id or 0)
        if answered is None:
            return None
        by = self._sight.person(answered.author)
        return {"by": by, "text": answered.text[:EXCERPT_CHARS]}

    def _embed(self, embed: Json) -> Json:
        drawn = dict(embed)
        for key in _EMBED_TEXTS:
            drawn[key] = self._html(str(embed.get(key) or ""))
        drawn["fields"] = [
            {
                "name": self._html(str(one.get("name") or "")),
                "value": self._html(str(one.get("value") or "")),
                "inline": bool(one.get("inline")),
            }
            for one in embed.get("fields") or ()
        ]
        return drawn

    def _local(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """Return JSON with the file server's links as paths: the page serves them."""
        base = self._discord.url
        match value:
            case dict():
                return {key: self._local(one) for key, one in value.items()}
            case list():
                return [self._local(one) for one in value]
            case str() if value.startswith(f"{base}/attachments/"):
                return value.removeprefix(base)
            case _:
                return value
