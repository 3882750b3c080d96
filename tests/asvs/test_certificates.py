"""Nobody without a certificate that is believed hears our key or sends us a clip."""

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ThreadedResolver, web
from pydantic import SecretStr

from bot.delivery.fetch import ResultFetcher, open_result_session
from bot.errors import EvolinkUnavailable, FetchUnavailable
from bot.evolink.client import EvolinkClient
from bot.evolink.session import open_session
from tests.callbacks import ignored

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl makes the certificate"
)


class Impostor:
    """An https server that nobody has vouched for."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: list[str] = []


@pytest.fixture
async def impostor(tmp_path: Path) -> AsyncIterator[Impostor]:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    wanted = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        " -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run(  # noqa: ASYNC221 - nobody else is waiting
        ["openssl", *wanted.split(), "-keyout", key, "-out", certificate],  # noqa: S607
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    made = Impostor()

    async def hear(request: web.Request) -> web.Response:
        made.heard.append(request.path)
        return web.json_response({})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    made.url = f"https://localhost:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


async def test_our_key_goes_to_nobody_whose_certificate_is_not_believed(
    impostor: Impostor,
) -> None:
    async with open_session() as session:
        client = EvolinkClient(
            session, base_url=impostor.url, api_key=SecretStr("the-key"), count=ignored
        )
        with pytest.raises(EvolinkUnavailable):
            await client.credits()

    assert impostor.heard == []


async def test_no_clip_comes_from_a_host_whose_certificate_is_not_believed(
    impostor: Impostor, tmp_path: Path
) -> None:
    async with open_result_session(
        allow_private=True, resolver=ThreadedResolver()
    ) as session:
        fetcher = ResultFetcher(session, allow_private=True, count=ignored)
        with pytest.raises(FetchUnavailable):
            await fetcher.fetch(
                f"{impostor.url}/clip.mp4",
                tmp_path / "clip.mp4",
                max_bytes=1000,
                answered=ignored,
            )

    assert impostor.heard == []
    assert not (tmp_path / "clip.mp4").exists()
