"""What can fail, how often it was asked, and at which stage of a job it matters."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal

from bot.demo.stage import Stage
from tests.outages.forms import Form


class Endpoint(ABC):
    """One endpoint of EvoLink or Discord that can be made to fail."""

    name: str
    service: str
    """Whose it is: what fails of one service is counted together."""

    @abstractmethod
    def fail(self, stage: Stage, form: Form) -> None:
        """Let it fail from now on."""

    @abstractmethod
    def asked_at_s(self, stage: Stage) -> Sequence[float]:
        """Return when it was asked, in unix seconds."""


class EvolinkEndpoint(Endpoint):
    """A path of EvoLink's API, or the host of its results."""

    def __init__(
        self, name: str, path: str, host: Literal["api", "results"] = "api"
    ) -> None:
        self.name = name
        self.service = f"EvoLink {host}"
        self._path = path
        self._host: Literal["api", "results"] = host

    def fail(self, stage: Stage, form: Form) -> None:
        stage.evolink.faults.add(form.of_evolink(self._path, self._host))

    def asked_at_s(self, stage: Stage) -> Sequence[float]:
        return [
            one.at
            for one in stage.evolink.requests
            if one.host == self._host and re.fullmatch(self._path, one.path)
        ]


class DiscordEndpoint(Endpoint):
    """A method and a path of Discord's API."""

    service = "Discord"

    def __init__(self, name: str, method: str, path: str) -> None:
        self.name = name
        self._method = method
        self._path = path

    def fail(self, stage: Stage, form: Form) -> None:
        stage.discord.faults.add(form.of_discord(self._method, self._path))

    def asked_at_s(self, stage: Stage) -> Sequence[float]:
        return [
            one.at_s
            for one in stage.discord.requests
            if one.method == self._method and re.search(self._path, one.path)
        ]


CREATE = EvolinkEndpoint("create", "/v1/videos/generations")
TASK = EvolinkEndpoint("task", "/v1/tasks/task-.*")
BATCH = EvolinkEndpoint("batch", "/v1/tasks/batch")
CREDITS = EvolinkEndpoint("credits", "/v1/credits")
RESULTS = EvolinkEndpoint("result host", "/.*", host="results")
POST = DiscordEndpoint("message create", "POST", r"^/channels/\d+/messages$")
EDIT = DiscordEndpoint(
    "message edit",
    "PATCH",
    r"^/(channels/\d+/messages/\d+|webhooks/\d+/[^/]+/messages/@original)$",
)
CALLBACK = DiscordEndpoint("interaction callback", "POST", r"^/interactions/")
