"""How messages look in Discord's JSON, with files resolved to links."""

from copy import deepcopy

from sandbox.discord.cdn import Cdn
from sandbox.discord.components import media_of, media_url, walk
from sandbox.discord.composition import Attachment, Composition, referenced
from sandbox.discord.messages import Message, MessageType
from sandbox.discord.payloads import user_payload
from sandbox.discord.wire import Json, timestamp
from sandbox.discord.world import World

_EMBED_MEDIA = ("image", "thumbnail", "video")
_READ_BY_CONTENT_INTENT: Json = {
    "content": "",
    "embeds": [],
    "attachments": [],
    "components": [],
}


class MessagePayloads:
    """Writes messages as the bot gets to read them."""

    def __init__(self, world: World, cdn: Cdn, *, reads_content: bool) -> None:
        self._world = world
        self._cdn = cdn
        self._reads_content = reads_content

    def written(self, message: Message, reply_to: Message | None = None) -> Json:
        """Return a message with all that is in it.

        Args:
            message: What to write.
            reply_to: The message it answers, if that still exists.
        """
        now = message.now
        payload = self._frame(message) | {
            "content": now.content,
            "embeds": [self._embed(embed, now) for embed in now.embeds],
            "components": self._components(now),
            # Files shown by components or embeds are only told of there
            # (Discord docs: Message, `attachments`).
            "attachments": [
                self.attachment(one)
                for one in now.attachments
                if one.reference not in referenced(now)
            ],
        }
        if message.nonce is not None:
            payload["nonce"] = message.nonce
        if message.origin is not None:
            payload |= self._origin(message)
        if message.reply_to_id is not None:
            payload["message_reference"] = {
                "type": 0,
                "message_id": str(message.reply_to_id),
                "channel_id": str(message.channel_id),
            }
            payload["referenced_message"] = reply_to and self.written(reply_to)
        return payload

    def read_by_bot(self, message: Message, reply_to: Message | None = None) -> Json:
        """Return a message as the bot may read it: of others' only the frame.

        Without the message content intent a bot reads its own messages and those
        that mention it (Discord docs: Message Content Intent).
        """
        payload = self.written(message, reply_to)
        bot = self._world.bot
        if self._reads_content or message.author is bot or bot.id in message.mentions:
            return payload
        return payload | _READ_BY_CONTENT_INTENT

    def attachment(self, attachment: Attachment) -> Json:
        """Return a file with a fresh link."""
        url = self._cdn.url(attachment)
        payload: Json = {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": len(attachment.data),
            "content_type": attachment.content_type,
            "url": url,
            "proxy_url": url,
            "flags": 0,
        }
        if attachment.description is not None:
            payload["description"] = attachment.description
        if attachment.size_px is not None:
            payload["width"], payload["height"] = attachment.size_px
        if attachment.ephemeral:
            payload["ephemeral"] = True
        return payload

    def _frame(self, message: Message) -> Json:
        users = self._world.users
        edited_s = message.edited_s
        return {
            "id": str(message.id),
            "channel_id": str(message.channel_id),
            "author": user_payload(message.author),
            "type": int(message.type),
            "flags": message.now.flags,
            "timestamp": timestamp(message.versions[0].at_s),
            "edited_timestamp": None if edited_s is None else timestamp(edited_s),
            "tts": False,
            "pinned": False,
            "mention_everyone": message.mention_everyone,
            "mentions": [
                user_payload(users[one]) for one in message.mentions if one in users
            ],
            "mention_roles": [str(one) for one in message.mention_roles],
        }

    def _origin(self, message: Message) -> Json:
        origin = message.origin
        assert origin is not None
        application_id = str(self._world.bot.id)
        payload: Json = {
            "application_id": application_id,
            "webhook_id": application_id,
            "interaction_metadata": origin.metadata,
        }
        if message.type is MessageType.CHAT_INPUT_COMMAND:
            payload["interaction"] = {
                "id": str(origin.interaction_id),
                "type": origin.interaction_type,
                "name": origin.command_name,
                "user": user_payload(origin.user),
            }
        return payload

    def _components(self, composition: Composition) -> list[Json]:
        components = deepcopy(list(composition.components))
        files = {one.reference: one for one in composition.attachments}
        for component in walk(components):
            for item in media_of(component):
                key = "file" if "file" in item else "media"
                item[key] = self._media(media_url(item), files)
                if key == "file":
                    item |= {
                        "name": item[key].pop("filename", ""),
                        "size": item[key].pop("size", 0),
                    }
        return components

    def _media(self, url: str, files: dict[str, Attachment]) -> Json:
        if url not in files:
            return {"url": url, "proxy_url": url, "content_type": None}
        described = self.attachment(files[url])
        described["attachment_id"] = described.pop("id")
        return described

    def _embed(self, embed: Json, composition: Composition) -> Json:
        files = {one.reference: one for one in composition.attachments}
        resolved: Json = {"type": "rich", **deepcopy(embed)}
        for part in _EMBED_MEDIA:
            file = files.get(str((resolved.get(part) or {}).get("url")))
            if file is not None:
                resolved[part]["url"] = self._cdn.url(file)
        return resolved
