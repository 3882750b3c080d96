"""The host that serves finished clips: its own origin, no key, links that die."""

import asyncio

from aiohttp import web

from sandbox.clips import clip_bytes, nearest_shape
from sandbox.evolink.bodies import Body, body_of
from sandbox.evolink.clock import MovableClock
from sandbox.evolink.config import EvolinkConfig
from sandbox.evolink.faults import reset
from sandbox.evolink.life import Ending
from sandbox.evolink.tasks import Task, TaskBook

try:
    from sandbox.clips.animated import picture_clip
except ImportError:  # without PyAV
    HAS_PICTURE_CLIPS = False
else:
    HAS_PICTURE_CLIPS = True


class ResultsHost:
    """Serves the results of completed tasks while their links live."""

    def __init__(
        self, tasks: TaskBook, clock: MovableClock, config: EvolinkConfig
    ) -> None:
        self._tasks = tasks
        self._clock = clock
        self._config = config

    def routes(self) -> list[web.RouteDef]:
        """Return what is served where."""
        return [web.get("/{path:.*}", self.serve, allow_head=False)]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one download."""
        task = self._tasks.with_result_at(request.path)
        now = self._clock.now()
        if task is None or task.state(now)[0] != Ending.COMPLETED:
            return web.Response(status=404, text="Not Found")
        if task.ends_at is None or now >= task.ends_at + self._config.link_life_s:
            status = self._config.expired_link_status
            return web.Response(status=status, text="Expired")
        query = task.life.serving.query
        if query and request.raw_path != task.result_path + query:
            return web.Response(status=403, text="SignatureDoesNotMatch")
        clip = await clip_of(task)
        if task.life.serving.kind == "clip":
            return web.Response(body=clip, content_type="video/mp4")
        try:
            return await _send(request, body_of(task.life.serving, clip))
        except ConnectionError:
            # The client has seen enough; for half of these bodies that is the point.
            return reset(request)


async def clip_of(task: Task) -> bytes:
    """Return the file that a task makes.

    One with a picture begins with it, where PyAV is installed.
    """
    order = task.order
    if task.pictures and HAS_PICTURE_CLIPS:
        pictures = order.rules.pictures
        is_followed = pictures is not None and pictures.is_followed
        shape = "auto" if is_followed else order.aspect_ratio
        picture = task.pictures[0].data
        return await asyncio.to_thread(picture_clip, picture, shape, order.duration_s)
    return clip_bytes(nearest_shape(order.aspect_ratio), order.duration_s)


async def _send(request: web.Request, body: Body) -> web.StreamResponse:
    if body.raw_head is not None:
        return _send_raw(request, body.raw_head, body)
    response = web.StreamResponse(status=body.status, headers=body.headers)
    # What was promised and what is sent may differ, so the connection ends with it.
    response.force_close()
    await response.prepare(request)
    for piece in body.pieces:
        await response.write(piece)
        # Even without a pause: writes to a fast reader never let others run.
        await asyncio.sleep(body.pause_s)
    if body.hold_s is None:
        return response
    await asyncio.sleep(body.hold_s)
    return reset(request)


def _send_raw(request: web.Request, head: bytes, body: Body) -> web.Response:
    """Send what this library would never send; the returned response reaches nobody."""
    if request.transport is not None:
        request.transport.writelines([head, *body.pieces])
        request.transport.close()
    return web.Response()
