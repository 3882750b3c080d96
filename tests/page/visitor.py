"""Somebody at the page: what they do there, by mouse or keyboard, and what they see."""

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Browser, Locator, Page, async_playwright

ACK_S = 3.0
"""How soon Discord wants an interaction to be answered."""
PATIENT_ACK_S = 30.0
"""The same where a busy machine is no reason to fail."""
PATIENCE_MS = 45_000
"""Machines may be busy; nothing is waited for that does not come."""


def chromium() -> str | None:
    """Return where the system's Chromium is; None where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return None


def why_not() -> str | None:
    """Return why no browser can be used here; None if one can."""
    if os.environ.get("CI"):
        return "browsers are not for continuous integration"
    if chromium() is None:
        return "there is no Chromium on this machine"
    return None


@asynccontextmanager
async def browser_open() -> AsyncGenerator[Browser]:
    """Open the system's browser, without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(),
            # The page is ours, and Chromium's own sandbox needs rights that
            # containers do not have.
            args=["--no-sandbox", "--font-render-hinting=none"],
        )
        try:
            yield browser
        finally:
            await browser.close()


class Visitor:
    """One open tab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        """What the browser complained about."""
        self.asked_for: list[str] = []
        """The addresses of everything that was loaded."""
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.asked_for.append(request.url))
        page.on("dialog", lambda dialog: self.faults.append(dialog.message))

    @classmethod
    async def arrive(
        cls,
        browser: Browser,
        url: str,
        *,
        width: int = 1280,
        height: int = 800,
        theme: Literal["dark", "light"] = "dark",
    ) -> "Visitor":
        """Open the page, and return when it stands."""
        page = await browser.new_page(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            locale="en-US",
        )
        visitor = cls(page)
        await page.goto(url)
        await page.wait_for_selector("#message-box")
        return visitor

    # ---- doing -----------------------------------------------------------------------

    async def becomes(self, name: str) -> None:
        """Be somebody else."""
        option = self.page.locator("#person option", has_text=name)
        value = await option.get_attribute("value")
        await self.page.select_option("#person", value)
        await self.page.wait_for_function(
            "id => document.querySelector('#person')?.value === id"
            " && document.activeElement?.id === 'person'",
            arg=value,
        )

    async def goes_to(self, channel: str) -> None:
        """Open a channel."""
        link = self.page.locator(".channel", has=self.page.get_by_text(channel))
        await link.first.click()
        await self.page.locator(".bar h2", has_text=channel).wait_for()

    async def says(self, text: str) -> None:
        """Write a plain message."""
        await self.page.fill("#message-box", text)
        await self.page.press("#message-box", "Enter")

    async def opens(self, command: str) -> None:
        """Type a command's name, so that its options appear."""
        box = self.page.locator("#message-box")
        await box.click()
        await box.press_sequentially(f"/{command} ")
        await self.page.locator(".command", has_text=command).wait_for()

    async def fills(self, option: str, value: str) -> None:
        """Fill in an option, adding it if it is a voluntary one."""
        field = self.page.locator(f'[data-option="{option}"]')
        if not await field.count():
            await self.page.click(f'[data-add="{option}"]')
        await field.fill(value)
        if await self.suggestions.first.is_visible():
            await field.press("Enter")

    async def asks(self, command: str, **options: str) -> None:
        """Type a command with options, and send it."""
        await self.opens(command)
        for option, value in options.items():
            await self.fills(option, value)
        await self.page.click(".send")

    async def presses(self, label: str) -> None:
        """Press the latest button of that name in the conversation."""
        await self.button(label).last.click()

    # ---- seeing ----------------------------------------------------------------------

    @property
    def suggestions(self) -> Locator:
        """The entries of the open list."""
        return self.page.locator("[role=listbox] [role=option]:not(.silent)")

    @property
    def messages(self) -> Locator:
        """The messages of the channel, oldest first."""
        return self.page.locator(".message")

    @property
    def videos(self) -> Locator:
        """The videos in the conversation."""
        return self.page.locator(".message video")

    def message(self, text: str) -> Locator:
        """Return the messages with such a text."""
        return self.page.locator(".message", has_text=text)

    def button(self, label: str) -> Locator:
        """Return the buttons of that name in the conversation."""
        return self.page.locator(".message").get_by_role(
            "button", name=label, exact=True
        )

    async def waits_for_clip(self, index: int = 0) -> Locator:
        """Return a clip, counted from 0, once it is there."""
        video = self.videos.nth(index)
        await video.wait_for()
        return video
