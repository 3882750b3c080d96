"""From a request's JSON and files to what a message would say.

Only puts together; whether Discord takes it is for `message_rules`.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import count

from sandbox.discord.cdn import Cdn
from sandbox.discord.components import complete, media_of, media_url, walk
from sandbox.discord.composition import (
    Attachment,
    Composition,
    MessageFlag,
    kept_name,
    referenced,
)
from sandbox.discord.refusals import Refusal, form_error
from sandbox.discord.wire import Json, Mint, as_id

_SPOILER_PREFIX = "SPOILER_"
SETTABLE = (
    MessageFlag.SUPPRESS_EMBEDS
    | MessageFlag.SUPPRESS_NOTIFICATIONS
    | MessageFlag.COMPONENTS_V2
)
"""The flags a client may set on a message (Discord docs: Message Flags)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it came with a request."""

    index: int
    """The n of its part files[n]."""
    filename: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a request makes of a message."""

    composition: Composition
    uploaded: tuple[Attachment, ...]
    """The files that came with the request."""


class Drafter:
    """Puts requests and files together; new files get ids, new components too."""

    def __init__(self, mint: Mint, cdn: Cdn) -> None:
        self._mint = mint
        self._cdn = cdn

    def new(
        self, channel_id: int, body: Json, uploads: Sequence[Upload], at_s: float
    ) -> Draft:
        """Return what a new message would say."""
        return self.changed(Composition(at_s=at_s), channel_id, body, uploads)

    def changed(
        self,
        before: Composition,
        channel_id: int,
        body: Json,
        uploads: Sequence[Upload],
    ) -> Draft:
        """Return what a message would say after an edit.

        What the request does not name stays. Flags that are set stay set: V2 is for
        good. Files stay unless `attachments` leaves them out, and even then while a
        component that stays shows them.
        """
        flags = int(body.get("flags") or 0) & SETTABLE
        components = before.components
        if "components" in body:
            components = self._numbered(body["components"] or [])
        kept = self._kept(before, body)
        uploaded = self._uploaded(channel_id, body, uploads, before)
        changed = replace(
            before,
            content=body.get("content") or "" if "content" in body else before.content,
            embeds=tuple(body["embeds"] or ()) if "embeds" in body else before.embeds,
            components=components,
            attachments=(*kept, *uploaded),
            flags=before.flags & ~MessageFlag.LOADING | flags,
        )
        return Draft(composition=changed, uploaded=uploaded)

    def _kept(self, before: Composition, body: Json) -> tuple[Attachment, ...]:
        if body.get("attachments") is None:
            return before.attachments
        listed = {as_id(one.get("id")) for one in body["attachments"]}
        shown: set[str] = set()
        if "components" not in body:
            shown = referenced(before)
        return tuple(
            one
            for one in before.attachments
            if one.id in listed or one.reference in shown
        )

    def _uploaded(
        self,
        channel_id: int,
        body: Json,
        uploads: Sequence[Upload],
        before: Composition,
    ) -> tuple[Attachment, ...]:
        described: Mapping[int | None, Json] = {
            as_id(one.get("id")): one for one in body.get("attachments") or ()
        }
        known = {one.id for one in before.attachments} | {one.index for one in uploads}
        if strange := set(described) - known:
            words = f"There is no file for attachment {strange.pop()}"
            raise form_error(("attachments",), "ATTACHMENT_NOT_FOUND", words)
        return tuple(
            self._attachment(channel_id, upload, described.get(upload.index, {}))
            for upload in uploads
        )

    def _attachment(self, channel_id: int, upload: Upload, told: Json) -> Attachment:
        name = str(told.get("filename") or upload.filename)
        hidden = bool(told.get("is_spoiler")) or name.startswith(_SPOILER_PREFIX)
        return Attachment(
            id=self._mint.new_id(),
            channel_id=channel_id,
            filename=kept_name(name),
            data=upload.data,
            description=told.get("description"),
            spoiler=hidden,
        )

    def _numbered(self, components: Sequence[Json]) -> tuple[Json, ...]:
        """Return a copy where every component has a numeric id and all its fields.

        Our own links to files are turned back into references to them.
        """
        copied = deepcopy(list(components))
        taken = {one.get("id") for one in walk(copied)}
        free = (number for number in count(1) if number not in taken)
        for component in walk(copied):
            if not component.get("id"):
                component["id"] = next(free)
            complete(component)
            for item in media_of(component):
                file = self._cdn.attachment_behind(media_url(item))
                media = item.get("file") or item.get("media")
                if file is not None and isinstance(media, dict):
                    media["url"] = file.reference
        return tuple(copied)


def check_sizes(uploads: Sequence[Upload], limit_bytes: int) -> None:
    """Check that no single file is larger than allowed here.

    Raises:
        ApiError: 413 with code 40005 if one is.
    """
    if any(len(upload.data) > limit_bytes for upload in uploads):
        raise Refusal.TOO_LARGE.error()
