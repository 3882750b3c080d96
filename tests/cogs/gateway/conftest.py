"""A stand-in for Discord whose gateway is the matter of the tests."""

import pytest

from sandbox.discord.config import SandboxConfig


@pytest.fixture
def discord_config() -> SandboxConfig:
    """A Discord as it is: who begins sessions too quickly is told so."""
    return SandboxConfig()
