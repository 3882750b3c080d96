"""The systemd unit: systemd takes it, it is guarded, and its settings are ours."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.app import CLOSE_WITHIN_S
from bot.config import load
from bot.workers.workforce import GRACE_S

SYSTEMD = Path(__file__).parents[2] / "deploy" / "systemd"
UNIT = (SYSTEMD / "clapper.service").read_text("utf-8")
MOST_EXPOSED = 2.0
"""Of 10: what `systemd-analyze security` calls OK ends there."""


def set_to(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)


def test_every_variable_is_a_setting_and_its_value_fits(tmp_path: Path) -> None:
    given = dict(
        line.split("=", 1)
        for line in (SYSTEMD / "clapper.env").read_text("utf-8").splitlines()
        if not line.startswith("#")
    )
    given["CLAPPER_CONFIG"] = str(SYSTEMD.parents[1] / "config.example.toml")
    for line in set_to("Environment"):
        for variable, value in re.findall(r"(CLAPPER_\w+)=(\S+)", line):
            secret = tmp_path / Path(value).name
            assert secret.name in {
                one.partition(":")[0] for one in set_to("LoadCredential")
            }
            secret.write_text("y" * 40, encoding="utf-8")
            given[variable] = str(secret)

    config = load(None, given)

    assert config.discord.token.get_secret_value() == "y" * 40
    assert config.evolink.api_key.get_secret_value() == "y" * 40
    (folder,) = set_to("WorkingDirectory")
    assert config.storage.url == f"sqlite:///{folder}/clapper.db"
    assert str(config.storage.spool_dir) == f"{folder}/spool"
    assert str(config.storage.backup_dir) == f"{folder}/backups"


def test_systemd_waits_longer_than_the_program_takes_to_end() -> None:
    (stop,) = set_to("TimeoutStopSec")

    assert float(stop.removesuffix("s")) > max(10.0, GRACE_S + 2 * CLOSE_WITHIN_S)


def test_no_day_of_crashes_uses_up_discord_s_sessions() -> None:
    (burst,), (interval,) = set_to("StartLimitBurst"), set_to("StartLimitIntervalSec")

    assert int(burst) * 24 / float(interval.removesuffix("h")) < 1000


ANALYZE = shutil.which("systemd-analyze")
analyzed = pytest.mark.skipif(ANALYZE is None, reason="there is no systemd here")


@analyzed
def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path) -> None:
    """But that the program is not installed."""
    unit = tmp_path / "clapper.service"
    unit.write_text(re.sub(r"(?m)^ExecStart=.*", "ExecStart=/bin/true", UNIT), "utf-8")

    ended = subprocess.run(
        [str(ANALYZE), "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )

    about_it = [line for line in ended.stderr.splitlines() if "clapper" in line]
    assert (ended.returncode, about_it) == (0, [])


@analyzed
def test_the_unit_is_hardly_exposed() -> None:
    ended = subprocess.run(
        [
            *(str(ANALYZE), "security", "--offline=true", "--no-pager"),
            str(SYSTEMD / "clapper.service"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    (level,) = re.findall(r"exposure level for clapper.service: ([\d.]+)", ended.stdout)
    assert float(level) < MOST_EXPOSED


def test_the_command_by_hand_says_how_to_run_it_and_is_a_shell_s() -> None:
    subprocess.run(["sh", "-n", str(SYSTEMD / "clapper")], check=True)  # noqa: S607
    assert (SYSTEMD / "clapper").stat().st_mode & 0o111
