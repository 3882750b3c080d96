"""What the demo's page tells of the bot's requests."""

from io import BytesIO

import aiohttp

from sandbox.discord import DiscordSandbox
from sandbox.evolink import EvolinkConfig, EvolinkSandbox
from sandbox.page.overheard import Overheard

JPEG = b"\xff\xd8\xff\xe0 and so on"


async def test_an_uploaded_picture_is_told_by_its_name_and_size() -> None:
    async with (
        DiscordSandbox() as discord,
        EvolinkSandbox(EvolinkConfig(speed=0.0)) as evolink,
        aiohttp.ClientSession() as session,
    ):
        form = aiohttp.FormData()
        form.add_field("file", BytesIO(JPEG), filename="fox.jpg")
        url = f"{evolink.files_url}/api/v1/files/upload/stream"
        headers = {"Authorization": f"Bearer {evolink.api_key}"}
        async with session.post(url, data=form, headers=headers) as answer:
            assert answer.status == 200
        overheard = Overheard(discord, evolink)

        (short,) = overheard.latest()
        detail = overheard.detail(short["key"])

    assert (short["to"], short["method"]) == ("evolink", "POST")
    assert detail is not None
    assert (detail["asked"], detail["files"]) == ("", ["fox.jpg: 14 bytes"])
    assert "fox.jpg" in detail["answered"]
