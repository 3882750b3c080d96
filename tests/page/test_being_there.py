"""The page itself: who sees what, keyboards, languages, colours, hostile words."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.demo.browser_demo import BrowserDemo
from tests.page.visitor import ACK_S, PATIENCE_MS, PATIENT_ACK_S, Visitor

expect.set_options(timeout=PATIENCE_MS)

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
HOSTILE = (
    "<img src=x onerror=alert(1)> <script>alert(2)</script> [x](javascript:alert(3)) "
    '"><svg onload=alert(4)> https://x.example/"onmouseover=alert(5) ||<b>hidden</b>||'
)


async def test_an_answer_for_one_is_seen_by_nobody_else(visitor: Visitor) -> None:
    own = visitor.page.locator(".message.ephemeral")
    await visitor.asks("usage")
    await expect(own).to_contain_text("Only you can see this")

    await visitor.becomes("Ben")
    await expect(own).to_have_count(0)

    await visitor.becomes("Mia")
    await expect(own).to_have_count(1)
    await own.get_by_role("button", name="Dismiss message").click()
    await expect(own).to_have_count(0)


async def test_hidden_channels_are_for_their_roles_only(visitor: Visitor) -> None:
    channels = visitor.page.locator(".channel")
    await expect(channels).to_have_count(4)

    await visitor.becomes("Mo")
    await expect(channels).to_have_count(6)
    await visitor.goes_to("review")
    await expect(visitor.page.locator(".warning")).to_have_text("Age-restricted")

    await visitor.becomes("Ben")
    await expect(channels).to_have_count(4)
    await expect(visitor.page.locator(".bar h2")).to_have_text("general")


async def test_what_is_required_is_demanded(
    visitor: Visitor, demo: BrowserDemo
) -> None:
    await visitor.opens("video")
    await visitor.page.click(".send")

    await expect(visitor.page.locator(".refusal")).to_contain_text("required")
    await expect(visitor.page.locator("[data-option=prompt]")).to_be_focused()
    await visitor.fills("prompt", "a cat")
    await visitor.page.click("[data-add=mode]")
    await visitor.page.keyboard.type("gloomy")
    await visitor.page.click(".send")
    await expect(visitor.page.locator(".refusal")).to_contain_text("Choose one")
    assert demo.stage.discord.requests_to("POST", "/interactions/.*") == []


async def test_everything_can_be_done_without_a_mouse(visitor: Visitor) -> None:
    keys = visitor.page.keyboard
    await visitor.page.locator("#skip").focus()
    reached: set[str] = set()
    for _ in range(60):
        await keys.press("Tab")
        reached.add(
            await visitor.page.evaluate(
                "() => document.activeElement.outerHTML.slice(0, 200)"
            )
        )
    everything = await visitor.page.evaluate(
        "() => [...document.querySelectorAll('a, button, select, textarea, input')]"
        ".filter(one => one.checkVisibility() && !one.disabled)"
        ".map(one => one.outerHTML.slice(0, 200))"
    )
    assert set(everything) <= reached

    await visitor.page.focus("#message-box")
    await keys.type("/video a kite")
    await keys.press("Tab")
    for _ in range(3):  # remove nothing, pass by what is voluntary
        focused = visitor.page.locator(":focus")
        if await focused.get_attribute("data-add") == "mode":
            break
        await keys.press("Tab")
    await keys.press("Enter")
    await keys.press("ArrowDown")
    await keys.press("Enter")
    await keys.press("Enter")
    await visitor.waits_for_clip()

    await visitor.page.locator(".message .tool").last.focus()
    await keys.press("Enter")
    await expect(visitor.page.locator(".popup-menu")).to_be_visible()
    await keys.press("Escape")
    await expect(visitor.page.locator(".message .tool").last).to_be_focused()


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_every_text_stands_out_from_its_ground(
    browser: Browser, demo: BrowserDemo, theme: str
) -> None:
    """WCAG 2.2 AA: 4.5 to 1, for large letters 3 to 1."""
    assert theme in {"dark", "light"}
    visitor = await Visitor.arrive(
        browser, demo.page.url, theme="dark" if theme == "dark" else "light"
    )
    await visitor.says(
        "**bold** `code` @everyone <t:0:R> ||spoiler|| https://x.example"
    )
    await visitor.asks("usage")
    await visitor.asks("video", prompt="a lighthouse")
    await visitor.waits_for_clip()
    await visitor.opens("video")
    await visitor.page.click("[data-add=mode]")

    for tab in ("requests", "troubles", "bot"):
        if await visitor.page.locator("#drawer").is_hidden():
            await visitor.page.click("#backstage")
        await visitor.page.click(f"#tab-{tab}")
        assert await visitor.page.evaluate(CONTRAST) == []


async def test_hostile_words_stay_words(visitor: Visitor) -> None:
    await visitor.says(HOSTILE)
    await visitor.asks("video", prompt=HOSTILE[:200])
    await visitor.waits_for_clip()

    page = visitor.page
    await expect(visitor.message("<script>alert(2)</script>").first).to_be_visible()
    strange = await page.evaluate(
        "() => document.querySelectorAll('.text script, .text img, .text svg,"
        " [onerror], [onload], [onmouseover], a[href^=javascript]').length"
    )
    assert strange == 0
    # The visitor keeps every dialog as a fault: none may have opened.
    assert visitor.faults == []


async def test_nothing_comes_from_another_place(
    visitor: Visitor, demo: BrowserDemo
) -> None:
    await visitor.asks("video", prompt="a kite")
    await visitor.waits_for_clip()
    await visitor.page.click("#backstage")

    assert visitor.asked_for
    foreign = [url for url in visitor.asked_for if not url.startswith(demo.page.url)]
    assert foreign == []


async def test_the_page_and_the_commands_speak_german(visitor: Visitor) -> None:
    await visitor.page.select_option("#language", "de")
    await expect(visitor.page.locator("html")).to_have_attribute("lang", "de")

    await visitor.page.locator("#message-box").press_sequentially("/")
    await expect(visitor.suggestions.first).to_be_visible()
    await expect(visitor.page.locator(".list-title")).to_have_text("Befehle")
    texts = " ".join(await visitor.suggestions.all_inner_texts())
    assert "Video" in texts
    await visitor.page.keyboard.press("Escape")


async def test_light_and_dark_are_a_choice_that_stays(visitor: Visitor) -> None:
    page = visitor.page
    await page.click("#theme")
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")

    await page.reload()

    await expect(page.locator("html")).to_have_attribute("data-theme", "light")


async def test_spoilers_open_for_whoever_opens_them(visitor: Visitor) -> None:
    await visitor.says("the murderer is ||the **butler**||")
    hidden = visitor.page.locator(".hidden-text")
    await expect(hidden).to_be_hidden()

    await visitor.page.locator(".lid").click()

    await expect(hidden).to_be_visible()


async def test_troubles_can_be_switched_on_and_off(
    visitor: Visitor, demo: BrowserDemo
) -> None:
    await visitor.page.click("#backstage")
    await visitor.page.click("#tab-troubles")
    await visitor.page.select_option("#fate", "service_error")
    await visitor.page.click("#doom")
    await visitor.asks("video", prompt="a kite")
    await expect(visitor.page.locator(".calls-me")).to_contain_text("Mia")
    await expect(visitor.videos).to_have_count(0)

    discord = demo.stage.discord
    discord.interactions.ack_window_s = ACK_S
    async with visitor.page.expect_response("**/backstage/switch"):
        await visitor.page.check("#discord-late")
    await visitor.asks("usage")
    await expect(visitor.page.locator(".note.failed")).to_be_visible()
    async with visitor.page.expect_response("**/backstage/switch"):
        await visitor.page.uncheck("#discord-late")
    discord.interactions.ack_window_s = PATIENT_ACK_S
    await visitor.asks("usage")
    # The late answer may still have been taken: the last one is the second command's.
    answers = visitor.page.locator(".message.ephemeral")
    await expect(answers.last).to_contain_text("Your videos in this server")

    await visitor.page.click("#tab-requests")
    await visitor.page.click("#only-evolink")
    await visitor.page.locator(".requests summary").last.click()
    await expect(visitor.page.locator(".sides")).to_contain_text("Response")
    assert demo.stage.evolink.paid_tasks == 1


async def test_a_file_that_is_too_large_for_discord_comes_as_a_link(
    visitor: Visitor,
) -> None:
    await visitor.page.click("#backstage")
    await visitor.page.click("#tab-troubles")
    await visitor.page.click("#once-413")
    await expect(visitor.page.locator("fieldset:last-of-type .told")).to_contain_text(
        "Ready"
    )
    await visitor.asks("video", prompt="a kite")

    await expect(visitor.page.locator(".calls-me a[target=_blank]")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
async def test_a_long_prompt_is_seen_to_its_end(
    browser: Browser, demo: BrowserDemo, width: int
) -> None:
    visitor = await Visitor.arrive(browser, demo.page.url, width=width)
    await visitor.opens("video")
    prompt = visitor.page.locator("[data-option=prompt]")
    await prompt.fill("a lighthouse keeper who paints the sea at night, " * 3)
    # Each option beside it makes it narrower.
    for option in ("mode", "duration", "aspect"):
        await visitor.page.click(f"[data-add={option}]")
    await visitor.page.set_viewport_size({"width": width - 40, "height": 800})

    await visitor.page.wait_for_function(
        "() => { const field = document.querySelector('[data-option=prompt]');"
        " return field.scrollHeight <= field.clientHeight; }"
    )


async def test_files_are_downloaded(visitor: Visitor) -> None:
    await visitor.asks("privacy export")

    link = visitor.page.locator(".message .file a")
    async with visitor.page.expect_download() as download:
        await link.click()
    assert (await download.value).suggested_filename.endswith(".json")


async def test_it_fits_a_telephone(browser: Browser, demo: BrowserDemo) -> None:
    visitor = await Visitor.arrive(browser, demo.page.url, width=390, height=844)
    await visitor.asks("video", prompt="a lighthouse keeper who paints the sea")
    await visitor.waits_for_clip()

    wide = await visitor.page.evaluate(
        "() => document.documentElement.scrollWidth > innerWidth"
    )
    assert not wide
    await visitor.page.click("#open-side")
    await visitor.goes_to("after-dark")
    assert visitor.faults == []
