"""What members do with clips, as they do it: in a browser, with the real bot behind."""

from playwright.async_api import expect

from bot.demo.browser_demo import BrowserDemo
from tests.page.visitor import ACK_S, PATIENCE_MS, PATIENT_ACK_S, Visitor

expect.set_options(timeout=PATIENCE_MS)


async def test_a_member_picks_from_the_menus_and_plays_the_clip(
    visitor: Visitor, demo: BrowserDemo
) -> None:
    demo.pace.speed = 0.3
    page = visitor.page
    box = page.locator("#message-box")
    await box.click()
    await box.press_sequentially("/vid")
    await expect(visitor.suggestions.first).to_contain_text("/video")
    await box.press("Enter")
    await page.keyboard.type("a paper boat on a city river")
    await page.click("[data-add=aspect]")
    await expect(visitor.suggestions).to_have_count(5)
    await page.keyboard.type("9:16")
    await page.keyboard.press("Enter")
    await page.click(".send")

    await expect(page.locator(".message .above")).to_contain_text("/video")
    await expect(visitor.message("%")).to_be_visible()

    video = await visitor.waits_for_clip()
    await video.evaluate("video => video.play()")
    await page.wait_for_function(
        "() => { const video = document.querySelector('.message video');"
        " return video.readyState === 4 && video.currentTime > 0; }"
    )
    state = await video.evaluate(
        "video => ({error: video.error, width: video.videoWidth,"
        " height: video.videoHeight})"
    )
    assert state["error"] is None
    assert state["width"] < state["height"]
    await expect(page.locator(".calls-me")).to_have_count(1)


async def test_again_makes_another_and_cancel_stops_it(
    visitor: Visitor, demo: BrowserDemo
) -> None:
    await visitor.asks("video", prompt="a red fox in the snow")
    await visitor.waits_for_clip()

    # Until its status message is settled, the first one has such a button as well.
    await expect(visitor.button("Cancel")).to_have_count(0)
    demo.pace.speed = 0.1
    await visitor.presses("Again")
    await visitor.presses("Cancel")
    await visitor.presses("Cancel anyway")

    await expect(visitor.message("ancelled").first).to_be_visible()
    await expect(visitor.videos).to_have_count(1)


async def test_a_prompt_is_edited_in_a_form(visitor: Visitor) -> None:
    await visitor.asks("video", prompt="a red fox in the snow")
    await visitor.waits_for_clip()

    await visitor.presses("Edit")
    field = visitor.page.locator("dialog.form textarea")
    await expect(field).to_have_value("a red fox in the snow")
    await field.fill("")
    await visitor.page.click("dialog.form .primary")
    await expect(visitor.page.locator("dialog.form .failure").first).to_be_visible()
    await field.fill("a blue fox in the sand")
    await visitor.page.click("dialog.form .primary")

    await expect(visitor.page.locator("dialog.form")).to_have_count(0)
    await visitor.waits_for_clip(1)
    await expect(visitor.message("a blue fox in the sand").last).to_be_visible()


async def test_whoever_may_not_delete_a_clip_is_told_so_alone(
    visitor: Visitor,
) -> None:
    await visitor.asks("video", prompt="a lighthouse")
    await visitor.waits_for_clip()

    await visitor.becomes("Ben")
    await visitor.presses("Delete")
    await expect(visitor.page.locator(".message.ephemeral")).to_be_visible()
    await expect(visitor.videos).to_have_count(1)

    await visitor.becomes("Mia")
    await expect(visitor.page.locator(".message.ephemeral")).to_have_count(0)
    await visitor.presses("Delete")
    await expect(visitor.videos).to_have_count(0)


async def test_a_bot_that_is_killed_in_mid_job_delivers_when_it_is_back(
    visitor: Visitor, demo: BrowserDemo
) -> None:
    demo.pace.speed = 0.3
    await visitor.asks("video", prompt="a whale between clouds")
    await expect(visitor.message("%")).to_be_visible()

    await visitor.page.click("#backstage")
    await visitor.page.click("#tab-bot")
    await visitor.page.click("#kill")
    await expect(visitor.page.locator("#life")).to_have_text("Clapper is offline")
    await expect(visitor.page.locator("#start")).to_be_enabled()
    assert not demo.stage.bot.running

    demo.stage.discord.interactions.ack_window_s = ACK_S
    await visitor.asks("usage")
    await expect(visitor.page.locator(".note.failed")).to_contain_text(
        "The application did not respond"
    )

    demo.stage.discord.interactions.ack_window_s = PATIENT_ACK_S
    await visitor.page.click("#start")
    await expect(visitor.page.locator("#life")).to_have_text("Clapper is online")
    await visitor.waits_for_clip()
    assert demo.stage.evolink.paid_tasks == 1
