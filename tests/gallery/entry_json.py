"""An entry as JSON for the page, drawn as the page draws a message or a form."""

from typing import Any

from discord import ui

from cogs.drawing.layout import MessageView
from sandbox.discord.composition import MessageFlag
from sandbox.discord.drafting import Upload
from sandbox.discord.message_rules import check_modal
from sandbox.discord.server import DiscordSandbox
from sandbox.page.drawing import Drawing
from sandbox.page.sight import Sight
from tests.gallery.scene import Entry, Scene

Json = dict[str, Any]


def entry_json(service: DiscordSandbox, scene: Scene, entry: Entry) -> Json:
    """Return an entry as an admin sees it.

    Raises:
        ApiError: If Discord would not take it.
    """
    drawing = Drawing(service, Sight(service, scene.world.admin))
    if isinstance(entry.shows, ui.Modal):
        modal: Json = entry.shows.to_dict()
        check_modal(modal)
        components = drawing.components(modal["components"])
        return _framed(entry) | {"modal": modal | {"components": components}}
    uploads = [
        Upload(index=index, filename=name, data=data)
        for index, (name, data) in enumerate(entry.files.items())
    ]
    message = service.let_bot_say(scene.world.general, _body(entry), uploads)
    return _framed(entry) | {"message": drawing.message(message)}


def _framed(entry: Entry) -> Json:
    return {"caption": entry.caption, "pictured": entry.pictured}


def _body(entry: Entry) -> Json:
    if not isinstance(entry.shows, MessageView):
        return {"content": entry.shows}
    flags = int(MessageFlag.COMPONENTS_V2)
    components = [one.to_component_dict() for one in entry.shows.children]
    return {"components": components, "flags": flags}
