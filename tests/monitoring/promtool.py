"""Prometheus' own tool, where it is installed."""

import shutil
import subprocess
from pathlib import Path

import pytest

PROMETHEUS = Path(__file__).parents[2] / "deploy" / "prometheus"
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None,
    reason="promtool is not installed (Debian: prometheus)",
)


def promtool(
    *arguments: str, folder: Path = PROMETHEUS
) -> subprocess.CompletedProcess[str]:
    """Run promtool in a folder, and return how it ended."""
    program = shutil.which("promtool")
    assert program is not None
    return subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
