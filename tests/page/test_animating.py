"""Pictures that come alive, at the page, with the real bot behind."""

import io

from PIL import Image, ImageDraw
from playwright.async_api import FilePayload, expect

from tests.page.visitor import PATIENCE_MS, Visitor

expect.set_options(timeout=PATIENCE_MS)


def picture(name: str = "boat.png") -> FilePayload:
    drawn = Image.linear_gradient("L").resize((480, 270)).convert("RGB")
    draw = ImageDraw.Draw(drawn)
    draw.polygon([(170, 190), (310, 190), (280, 230), (200, 230)], fill="white")
    kept = io.BytesIO()
    drawn.save(kept, "PNG")
    return FilePayload(name=name, mimeType="image/png", buffer=kept.getvalue())


async def test_a_picture_of_an_option_comes_alive_and_stands_beside_the_clip(
    visitor: Visitor,
) -> None:
    await visitor.opens("video")
    await visitor.fills("prompt", "the boat sails away")
    await visitor.page.click("[data-add=image]")
    await visitor.page.locator("[data-option=image]").set_input_files([picture()])
    await visitor.page.click(".send")

    await visitor.waits_for_clip()
    clip = visitor.message("the boat sails away").last
    await expect(clip.locator("img[src*='picture.jpg']")).to_be_visible()


async def test_a_picture_somebody_posted_is_animated_from_its_menu(
    visitor: Visitor,
) -> None:
    page = visitor.page
    await page.set_input_files("#attach-file", [picture()])
    await visitor.says("my boat")
    await visitor.message("my boat").locator(".tool").click()
    await page.locator(".popup-menu button", has_text="Animate picture").click()
    form = page.locator("dialog.form")
    await expect(form).to_contain_text("Animate picture")
    await expect(form).not_to_contain_text("Spicy")
    await form.locator("textarea").fill("the boat sails away")
    await page.click("dialog.form .primary")

    await visitor.waits_for_clip()
    clip = visitor.message("the boat sails away").last
    await expect(clip.locator("img[src*='picture.jpg']")).to_be_visible()

    # By default nobody else may use it.
    await visitor.becomes("Ben")
    await visitor.message("my boat").locator(".tool").click()
    await page.locator(".popup-menu button", has_text="Animate picture").click()
    await expect(visitor.message("attached or posted yourself")).to_be_visible()


async def test_a_message_without_a_picture_takes_one_in_the_form(
    visitor: Visitor,
) -> None:
    page = visitor.page
    await visitor.says("no picture here")
    await visitor.message("no picture here").locator(".tool").click()
    await page.locator(".popup-menu button", has_text="Animate picture").click()
    await page.click("dialog.form .primary")
    await expect(page.locator(".form-field .failure").last).to_be_visible()
    await page.locator("dialog.form input[type=file]").set_input_files([picture()])
    await page.click("dialog.form .primary")

    await visitor.waits_for_clip()
    await expect(page.locator(".message img[src*='picture.jpg']")).to_be_visible()
