"""Passes of a dispatcher."""

from bot.pipeline.dispatcher import Dispatcher


async def turn(dispatcher: Dispatcher) -> float:
    """Let it look once, and end what it began."""
    wait_s = await dispatcher.run_once()
    await dispatcher.drain()
    return wait_s
