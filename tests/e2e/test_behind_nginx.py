"""The nginx of `deploy/proxy`, the real one, in front of the real program."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from sandbox.evolink import EvolinkConfig
from tests.crash.test_callbacks_at_work import free_port
from tests.e2e.channel import ask, posts
from tests.e2e.conftest import QUICK_S, OpenStage

pytestmark = pytest.mark.thorough

SNIPPET = Path(__file__).parents[2] / "deploy" / "proxy" / "nginx.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


@contextmanager
def nginx(folder: Path, *, listen: int, behind: int) -> Iterator[Path]:
    """Run nginx with our snippet, without TLS; return the folder of its own logs."""
    server, changed = re.subn(
        r"^ +ssl_certificate.*\n", "", SNIPPET.read_text(), flags=re.MULTILINE
    )
    assert changed == 2
    server = server.replace("listen 443 ssl", f"listen 127.0.0.1:{listen}")
    server = server.replace("127.0.0.1:8080", f"127.0.0.1:{behind}")
    config = folder / "nginx.conf"
    config.write_text(
        f"pid {folder}/nginx.pid;\n"
        "daemon off;\nevents {}\n"
        f"error_log {folder}/error.log info;\n"
        f"http {{ access_log {folder}/access.log;\n"
        f"client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;\n"
        f"scgi_temp_path {folder}/s;\n{server}}}\n"
    )
    assert NGINX is not None
    command = [NGINX, "-c", str(config), "-e", str(folder / "begin.log")]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    running = subprocess.Popen(command)
    try:
        yield folder
    finally:
        running.terminate()
        running.wait()


@pytest.mark.skipif(NGINX is None, reason="there is no nginx on this machine")
async def test_callbacks_come_through_nginx_and_nothing_else_does(
    open_world: OpenStage, tmp_path: Path
) -> None:
    outside, inside = free_port(), free_port()
    public = f"http://127.0.0.1:{outside}"
    with nginx(tmp_path, listen=outside, behind=inside) as logs:
        stage = await open_world(
            EvolinkConfig(
                total_s=QUICK_S, estimated_time_s=1, allow_local_callbacks=True
            ),
            CLAPPER_HTTP__LISTEN=f"127.0.0.1:{inside}",
            CLAPPER_HTTP__PUBLIC_URL=public,
        )
        await ask(stage, "a kite above the sea")
        await posts(stage, 1)
        async with aiohttp.ClientSession() as session:
            others = {}
            for path in ("/", "/healthz", "/metrics", "/callbacks/../metrics"):
                async with session.get(f"{public}{path}") as answer:
                    others[path] = answer.status
            unknown = f"{public}/callbacks/evolink/{'a' * 43}"
            async with session.post(unknown, json={}) as answer:
                stranger = answer.status
            async with session.post(unknown, data=b"x" * 70_000) as answer:
                large = answer.status

    assert [one.status for one in stage.evolink.callbacks] == [200]
    assert set(others.values()) == {404}
    assert (stranger, large) == (404, 413)
    for log in ("access.log", "error.log", "begin.log"):
        file = logs / log
        assert not file.exists() or "callbacks" not in file.read_text()
