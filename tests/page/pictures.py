"""The documentation's pictures, taken of the real page: `make screenshots`.

Everything in the demo's pictures really happened, a moment before; the gallery's are
of all that the bot can show.
"""

import asyncio
import io
import sys
from collections.abc import AsyncGenerator, Collection, Mapping
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Literal

import av
import av.filter
from playwright.async_api import FilePayload

from bot.demo.bot_process import BotProcess
from bot.demo.browser_demo import BrowserDemo, open_browser_demo
from bot.demo.house_rules import settle
from bot.demo.show import begin
from sandbox.page import Pace
from tests.clock import FakeClock
from tests.gallery import pictures as gallery
from tests.gallery.scene import picture_bytes
from tests.languages import strict_texts
from tests.page import commands
from tests.page.visitor import Visitor, browser_open, why_not
from tests.web.page.sample import make_page, served

USUAL_S = 6.0
SLOWLY = 0.1
"""A speed at which a clip stays in the making while pictures are taken."""
MODELS = '["grok-imagine-text-to-video", "seedance-2.0-text-to-video"]'
"""With several, all commands and options are there."""
SETTLED_S = 1.5
"""After so long fonts, films and scrolling stand still."""
WIDE = (1280, 920)
NARROW = (390, 844)
OPERATOR_HEIGHT = 1110
"""Down to the first chart."""

THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")


async def take() -> AsyncGenerator[tuple[str, bytes]]:
    """Play a scene in the demo, and give out pictures of it by file name."""
    async with (
        open_browser_demo(Pace(usual_s=USUAL_S), make_bot=BotProcess) as demo,
        browser_open() as browser,
    ):
        await begin(demo.stage)
        await settle(demo.stage)
        await _scene(demo, await Visitor.arrive(browser, demo.page.url))
        for theme, (width, height) in product(THEMES, (WIDE, NARROW)):
            visitor = await Visitor.arrive(
                browser, demo.page.url, width=width, height=height, theme=theme
            )
            kind = f"{theme}-{width}"
            yield f"channel-{kind}.png", await _shot(visitor)
            await _composer(visitor)
            yield f"command-{kind}.png", await _shot(visitor)
            await visitor.page.keyboard.press("Escape")
            await visitor.page.keyboard.press("Escape")
            await visitor.page.click("#backstage")
            await visitor.page.click("#tab-troubles")
            yield f"backstage-{kind}.png", await _shot(visitor)
            await visitor.page.close()


async def take_commands() -> AsyncGenerator[tuple[str, bytes]]:
    """Type every command in the demo, and give out pictures of them by file name."""

    def offering(settings: Mapping[str, str], log: Path) -> BotProcess:
        return BotProcess({**settings, "CLAPPER_EVOLINK__MODELS": MODELS}, log)

    async with (
        open_browser_demo(Pace(usual_s=USUAL_S), make_bot=offering) as demo,
        browser_open() as browser,
    ):
        await begin(demo.stage)
        await settle(demo.stage)
        mia = await Visitor.arrive(browser, demo.page.url)
        await _asks_with_picture(mia, "the paper boat sails into the sunset")
        await mia.waits_for_clip()
        async for name, picture in commands.take(browser, demo):
            yield name, picture


async def take_of_operator() -> AsyncGenerator[tuple[str, bytes]]:
    """Give out pictures of the operator's page, of values that are made up."""
    page = make_page(strict_texts(), FakeClock())
    async with browser_open() as browser, served(page) as address:
        for theme in THEMES:
            width, height = WIDE[0], OPERATOR_HEIGHT
            tab = await browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=theme
            )
            await tab.goto(address)
            yield f"operator-{theme}-{width}.png", smaller(await tab.screenshot())
            await tab.close()


async def _scene(demo: BrowserDemo, mia: Visitor) -> None:
    demo.pace.speed = 2.0
    await _asks_with_picture(mia, "the paper boat sails into the sunset")
    await mia.waits_for_clip()
    await mia.becomes("Ben")
    await mia.says("That is **exactly** the boat I had in mind.")
    await mia.becomes("Mia")
    demo.pace.speed = SLOWLY
    await mia.asks("video", prompt="the same boat at night, fireflies above the water")
    await mia.message("Expected").wait_for()


async def _asks_with_picture(visitor: Visitor, prompt: str) -> None:
    picture = FilePayload(
        name="boat.jpg", mimeType="image/jpeg", buffer=picture_bytes()
    )
    await visitor.opens("video")
    await visitor.fills("prompt", prompt)
    await visitor.page.click("[data-add=image]")
    await visitor.page.locator("[data-option=image]").set_input_files([picture])
    await visitor.page.click(".send")


async def _composer(visitor: Visitor) -> None:
    await visitor.opens("video")
    await visitor.fills("prompt", "a lighthouse keeper who paints the sea")
    await visitor.page.click("[data-add=mode]")


async def _shot(visitor: Visitor) -> bytes:
    await asyncio.sleep(SETTLED_S)
    return smaller(await visitor.page.screenshot())


def smaller(png: bytes) -> bytes:
    """Return a picture with the 256 colours that suit it best."""
    with av.open(io.BytesIO(png), "r") as container:
        frame = next(container.decode(video=0))
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=frame.width,
        height=frame.height,
        format=frame.format,
        time_base=Fraction(1),
    )
    split, palette = (
        graph.add("split"),
        graph.add("palettegen"),
    )
    use, sink = graph.add("paletteuse", "dither=none"), graph.add("buffersink")
    source.link_to(split)
    split.link_to(use, 0, 0)
    split.link_to(palette, 1, 0)
    palette.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    source.push(frame)
    source.push(None)
    drawn = sink.pull()
    assert isinstance(drawn, av.VideoFrame)
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height = frame.width, frame.height
    encoder.pix_fmt, encoder.time_base = "pal8", Fraction(1)
    packets = [*encoder.encode(drawn), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)


async def take_messages() -> AsyncGenerator[tuple[str, bytes]]:
    """Draw every message, and give out pictures of them by file name."""
    async with browser_open() as browser:
        async for name, picture in gallery.take(browser):
            yield name, picture


KINDS = {
    "demo": take,
    "commands": take_commands,
    "operator": take_of_operator,
    "messages": take_messages,
}


def main() -> int:
    """Take the pictures; returns 1 where there is no browser to take them with.

    After the folder may stand which of `KINDS` to take; else all are taken.
    """
    reason = why_not()
    if reason is not None:
        sys.stderr.write(f"No pictures: {reason}.\n")
        return 1
    asyncio.run(_write(Path(sys.argv[1]), sys.argv[2:]))
    return 0


async def _write(folder: Path, only: Collection[str]) -> None:
    for kind, pictures in KINDS.items():
        if not only or kind in only:
            async for name, picture in pictures():
                await _keep(folder / name, picture)


async def _keep(file: Path, picture: bytes) -> None:
    size = await asyncio.to_thread(file.write_bytes, picture)
    sys.stdout.write(f"{file.name}: {size // 1024} KiB\n")


if __name__ == "__main__":
    sys.exit(main())
