"""The API's five endpoints. Each makes one answer out of the books it was given.

What is wrong with a request leaves as a `Refusal`; the door turns that into JSON.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from sandbox.evolink.clock import MovableClock
from sandbox.evolink.config import EvolinkConfig
from sandbox.evolink.faults import AnswerLost
from sandbox.evolink.files import StoredFile
from sandbox.evolink.idempotency import HEADER, REPLAYED, KeyBook
from sandbox.evolink.ledger import Ledger
from sandbox.evolink.life import Ending, Life
from sandbox.evolink.markers import read_markers
from sandbox.evolink.orders import Order, read_order
from sandbox.evolink.pictures import PictureFault, Pictures
from sandbox.evolink.refusals import Refusal
from sandbox.evolink.tasks import Task, TaskBook
from sandbox.evolink.wire import Wire

ID_PREFIX = "task-unified-"
MAX_BATCH = 50
"""Ids in one batch query. Seen in EvoLink's own client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What the endpoints read and write."""

    config: EvolinkConfig
    clock: MovableClock
    tasks: TaskBook
    ledger: Ledger
    keys: KeyBook
    pictures: Pictures
    wire: Wire


class Api:
    """One method per endpoint."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def routes(self) -> list[web.RouteDef]:
        """Return what is served where."""
        routes = [
            web.post("/v1/videos/generations", self.create),
            web.get("/v1/tasks", self.listing, allow_head=False),
            web.get("/v1/tasks/{id}", self.task, allow_head=False),
            web.get("/v1/credits", self.credits, allow_head=False),
        ]
        if self._books.config.batch != 404:  # noqa: PLR2004 - HTTP
            routes.append(web.post("/v1/tasks/batch", self.batch))
        return routes

    async def create(self, request: web.Request) -> web.Response:
        """Begin a paid task."""
        books = self._books
        owner = self._owner(request)
        body = await _json(request)
        order = read_order(body, books.config)
        script = read_markers(order.prompt)
        if script.refusal is not None:
            raise script.refusal
        pictures = await books.pictures.of(order)
        # From here on nothing waits: a key must not begin two tasks.
        books.tasks.settle_due()
        digest = _digest(body)
        key = request.headers.get(HEADER)
        if key is None or books.config.idempotency == "ignored":
            task = self._begin(order, owner, script.life, pictures)
        else:
            earlier = books.keys.earlier(owner, key, digest)
            if earlier is not None:
                again = books.wire.created(earlier)
                return web.json_response(again, headers={REPLAYED: "true"})
            task = self._begin(order, owner, script.life, pictures)
            books.keys.remember(
                owner, key, digest, task, unresolved_s=script.unresolved_s
            )
        if script.lost is not None:
            raise AnswerLost(script.lost)
        return web.json_response(books.wire.created(task))

    async def task(self, request: web.Request) -> web.Response:
        """Tell how one task stands."""
        owner = self._owner(request)
        task_id = request.match_info["id"]
        if not task_id.startswith(ID_PREFIX):
            raise Refusal("invalid_task_id", param="task_id")
        self._books.tasks.settle_due()
        task = self._visible(task_id)
        if task is None:
            raise Refusal("task_not_found")
        if task.owner != owner:
            raise Refusal("permission_denied")
        return web.json_response(self._books.wire.task(task, self._books.clock.now()))

    async def batch(self, request: web.Request) -> web.Response:
        """Tell how up to fifty tasks stand; unknown and foreign ones are left out."""
        owner = self._owner(request)
        if self._books.config.batch != "on":
            raise Refusal.of_status(self._books.config.batch)
        body = await _json(request)
        ids = body.get("task_ids") if isinstance(body, dict) else None
        if not isinstance(ids, list) or not 1 <= len(ids) <= MAX_BATCH:
            raise Refusal("invalid_request", f"1 to {MAX_BATCH} ids.", param="task_ids")
        self._books.tasks.settle_due()
        now = self._books.clock.now()
        found = (self._visible(task_id) for task_id in map(str, ids))
        mine = [task for task in found if task is not None and task.owner == owner]
        drawn = [self._books.wire.task(task, now) for task in mine]
        return web.json_response({"data": drawn})

    async def listing(self, request: web.Request) -> web.Response:
        """List this key's tasks, newest first."""
        owner = self._owner(request)
        page = _number(request, "page", usual=1, highest=1_000_000)
        size = _number(request, "page_size", usual=20, highest=100)
        self._books.tasks.settle_due()
        now = self._books.clock.now()
        rows = [
            self._books.wire.row(task, now)
            for task in reversed(list(self._books.tasks.values()))
            if task.owner == owner
        ]
        for field in ("status", "type", "model"):
            wanted = request.query.get(field)
            if wanted:
                rows = [row for row in rows if _listed(row[field]) == _listed(wanted)]
        start = (page - 1) * size
        return web.json_response(
            {
                "data": rows[start : start + size],
                "total": len(rows),
                "page": page,
                "page_size": size,
            }
        )

    async def credits(self, request: web.Request) -> web.Response:
        """Tell what the account holds."""
        self._owner(request)
        self._books.tasks.settle_due()
        return web.json_response(self._books.ledger.answer())

    def _owner(self, request: web.Request) -> str:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        config = self._books.config
        if scheme != "Bearer" or key not in {config.api_key, *config.other_api_keys}:
            raise Refusal("unauthorized")
        return key

    def _begin(
        self,
        order: Order,
        owner: str,
        life: Life,
        pictures: tuple[StoredFile, ...] | PictureFault,
    ) -> Task:
        # EvoLink's pages show both as a task's failure, not as a refusal.
        if self._is_overlong(order):
            life = Life(ending=Ending.FAILED, code="invalid_parameters")
        if isinstance(pictures, PictureFault):
            code, message = pictures.code, pictures.message
            life = replace(life, ending=Ending.FAILED, code=code, message=message)
            pictures = ()
        return self._books.tasks.create(order, owner, life, pictures)

    def _is_overlong(self, order: Order) -> bool:
        limits = (self._books.config.prompt_limit, order.rules.prompt_chars)
        return any(limit is not None and len(order.prompt) > limit for limit in limits)

    def _visible(self, task_id: str) -> Task | None:
        task = self._books.tasks.get(task_id)
        if task is None:
            return None
        age_s = self._books.clock.now() - task.created_at
        lifetime_s = self._books.config.task_life_s
        is_gone = lifetime_s is not None and age_s >= lifetime_s
        return None if is_gone or age_s < task.life.hidden_s else task


def _listed(word: str) -> str:
    # The list's filter counts what is queued as processing.
    return "processing" if word == "pending" else word


def _number(request: web.Request, field: str, *, usual: int, highest: int) -> int:
    text = request.query.get(field, str(usual))
    if not text.isdecimal() or not 1 <= int(text) <= highest:
        raise Refusal(
            "invalid_request", f"{field} must be 1 to {highest}.", param=field
        )
    return int(text)


async def _json(request: web.Request) -> Any:  # noqa: ANN401 - JSON
    if request.content_type != "application/json":
        raise Refusal("invalid_request", "Content-Type must be application/json.")
    try:
        return json.loads(await request.read())
    except ValueError as error:
        raise Refusal("invalid_request", "The body is not JSON.") from error


def _digest(body: Any) -> str:  # noqa: ANN401 - JSON
    text = json.dumps(body, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
