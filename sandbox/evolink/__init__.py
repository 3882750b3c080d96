"""EvoLink's video API as a real server on loopback, for the demo and the tests."""

from sandbox.evolink.config import EvolinkConfig, LogNormal
from sandbox.evolink.faults import Fault
from sandbox.evolink.life import Ending, Life, Serving
from sandbox.evolink.server import EvolinkSandbox

__all__ = [
    "Ending",
    "EvolinkConfig",
    "EvolinkSandbox",
    "Fault",
    "Life",
    "LogNormal",
    "Serving",
]
