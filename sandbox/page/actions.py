"""What people do on the page, done in the stand-in as their own client would do it.

What the client refuses is answered with 422 and its reason; the bot hears nothing.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

from aiohttp import web

from sandbox.discord.commands import Command
from sandbox.discord.handle import ApplicationDidNotRespond, Handle
from sandbox.discord.interactions import Modal
from sandbox.discord.invocation import ClientRefused, subcommand
from sandbox.discord.message_rules import MOST_ATTACHMENTS
from sandbox.discord.messages import Message
from sandbox.discord.records import Channel, User
from sandbox.discord.refusals import ApiError
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.wire import Json, as_id
from sandbox.page.drawing import Drawing
from sandbox.page.entries import Entries
from sandbox.page.sight import Sight

_TEXT_MOST_CHARS = 2000
_REFUSED = 422

Action = Callable[[User, web.Request, Json], Awaitable[Json]]


class PageActions:
    """One method for each thing that people do. Bodies name the doer as `as`."""

    def __init__(
        self,
        discord: DiscordSandbox,
        people: Sequence[User],
        languages: Collection[str],
    ) -> None:
        self._discord = discord
        self._people = {str(one.id): one for one in people}
        self._languages = languages
        self._entries = Entries(discord.world)
        self._modals: dict[str, Modal] = {}

    def routes(self) -> list[web.RouteDef]:
        """Return what is served where."""
        actions: dict[str, Action] = {
            "/api/language": self._speak,
            "/api/channels/{channel}/say": self._say,
            "/api/channels/{channel}/command": self._command,
            "/api/channels/{channel}/suggest": self._suggest,
            "/api/channels/{channel}/menu": self._menu,
            "/api/messages/{message}/press": self._press,
            "/api/messages/{message}/choose": self._choose,
            "/api/messages/{message}/delete": self._delete,
            "/api/modals/{modal}": self._fill_in,
        }
        return [
            web.post(path, self._answering(action)) for path, action in actions.items()
        ]

    def person(self, user_id: object) -> User:
        """Return one of the people of the page.

        Raises:
            HTTPNotFound: If it is nobody of them.
        """
        found = self._people.get(str(user_id))
        if found is None:
            raise web.HTTPNotFound(text="There is no such person.")
        return found

    def channel(self, request: web.Request, viewer: User) -> Channel:
        """Return the channel that a request's path names.

        Raises:
            HTTPNotFound: If there is none that the viewer sees.
        """
        number = as_id(request.match_info["channel"]) or 0
        found = self._discord.world.channel(number)
        if found is None or not Sight(self._discord, viewer).sees_channel(found):
            raise web.HTTPNotFound(text="There is no such channel.")
        return found

    def _answering(
        self, action: Action
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            body = await request.json()
            doer = self.person(body.get("as"))
            try:
                return web.json_response(await action(doer, request, body))
            except (ClientRefused, LookupError) as refused:
                return _refusal(str(refused))
            except ApiError as refused:
                return _refusal(refused.message)

        return answer

    # ---- the actions ----------------------------------------------------------------

    async def _speak(self, doer: User, _request: web.Request, body: Json) -> Json:
        locale = str(body.get("locale"))
        if locale not in self._languages:
            msg = f"there is no {locale!r} here"
            raise ClientRefused(msg)
        # The bot is not told; it sees the language with the next interaction.
        doer.locale = locale
        return {}

    async def _say(self, doer: User, request: web.Request, body: Json) -> Json:
        channel = self.channel(request, doer)
        text = str(body.get("text") or "").strip()
        files = self._entries.files(body.get("files"))
        if not Sight(self._discord, doer).may_write(channel):
            msg = "You do not have permission to send messages in this channel."
            raise ClientRefused(msg)
        if len(text) > _TEXT_MOST_CHARS:
            msg = f"A message has at most {_TEXT_MOST_CHARS} characters."
            raise ClientRefused(msg)
        if len(files) > MOST_ATTACHMENTS:
            msg = f"A message has at most {MOST_ATTACHMENTS} files."
            raise ClientRefused(msg)
        self._discord.say(doer, channel, text, files)
        return {}

    async def _command(self, doer: User, request: web.Request, body: Json) -> Json:
        channel = self.channel(request, doer)
        name, given = str(body.get("command")), body.get("options") or {}
        takes = self._takes(doer, channel, name)
        options = self._entries.options(takes, given)
        return await self._outcome(
            await self._discord.slash(doer, channel, name, options)
        )

    async def _suggest(self, doer: User, request: web.Request, body: Json) -> Json:
        channel = self.channel(request, doer)
        name, given = str(body.get("command")), body.get("options") or {}
        focused, text = str(body.get("focused")), str(body.get("text") or "")
        takes = self._takes(doer, channel, name)
        others = {key: value for key, value in given.items() if key != focused}
        options = self._entries.options(takes, others)
        handle = await self._discord.autocomplete(
            doer, channel, name, (focused, text), options
        )
        return await self._outcome(handle)

    async def _menu(self, doer: User, request: web.Request, body: Json) -> Json:
        channel = self.channel(request, doer)
        target: Message | User | None = (
            self._message(body["message"], doer)
            if "message" in body
            else self._discord.world.users.get(as_id(body.get("user")) or 0)
        )
        if target is None:
            msg = "there is nobody of that id"
            raise ClientRefused(msg)
        name = str(body.get("command"))
        return await self._outcome(
            await self._discord.context_menu(doer, channel, name, target)
        )

    async def _press(self, doer: User, request: web.Request, body: Json) -> Json:
        message = self._message(request.match_info["message"], doer)
        custom_id = str(body.get("custom_id"))
        return await self._outcome(await self._discord.press(doer, message, custom_id))

    async def _choose(self, doer: User, request: web.Request, body: Json) -> Json:
        message = self._message(request.match_info["message"], doer)
        custom_id = str(body.get("custom_id"))
        menu = message.button(custom_id).component
        values = self._entries.picks(menu, body.get("values") or [])
        return await self._outcome(
            await self._discord.choose(doer, message, custom_id, values)
        )

    async def _delete(self, doer: User, request: web.Request, _body: Json) -> Json:
        message = self._message(request.match_info["message"], doer)
        if not Sight(self._discord, doer).may_delete(message):
            msg = "You may not delete this message."
            raise ClientRefused(msg)
        self._discord.delete_message(message)
        return {}

    async def _fill_in(self, doer: User, request: web.Request, body: Json) -> Json:
        modal = self._modals.get(request.match_info["modal"])
        parts = modal.components if modal else ()
        fields = self._entries.fields(parts, body.get("fields") or {})
        return await self._outcome(
            await self._discord.submit_modal(doer, modal, fields)
        )

    # ---- before and after ------------------------------------------------------------

    def _message(self, message_id: object, doer: User) -> Message:
        found = self._discord.find_message(as_id(message_id) or 0)
        if found is None or not Sight(self._discord, doer).sees(found):
            msg = "This message is gone."
            raise ClientRefused(msg)
        return found

    def _takes(self, doer: User, channel: Channel, name: str) -> list[Json]:
        """Return the options of a command, "quota view", as the person has it here."""
        word, *words = name.split() or [""]
        offered: list[Command] = self._discord.offered(doer, channel)
        for command in offered:
            if command.kind == 1 and command.name == word:
                return subcommand(command, words)[1]
        return []

    async def _outcome(self, handle: Handle) -> Json:
        """Return what the person is shown first: nothing new, a form, suggestions."""
        try:
            response = await handle.response()
        except (ApplicationDidNotRespond, TimeoutError):
            return {"failed": True}
        outcome: Json = {"failed": False, "choices": response.choices}
        if response.modal is not None:
            number = str(handle.interaction.id)
            self._modals[number] = response.modal
            outcome["modal"] = self._drawn(number, response.modal)
        return outcome

    def _drawn(self, number: str, modal: Modal) -> Json:
        sight = Sight(self._discord, modal.opened_by.user)
        parts: Any = Drawing(self._discord, sight).components(modal.components)
        return {"id": number, "title": modal.title, "components": parts}


def _refusal(words: str) -> web.Response:
    return web.json_response({"refused": words}, status=_REFUSED)
