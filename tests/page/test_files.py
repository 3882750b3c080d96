"""Files at the page: chosen, dropped or pasted, for messages, options and forms."""

import base64
import io

from PIL import Image
from playwright.async_api import FilePayload, expect

from tests.page.test_forms import form_bot, service, url, visitor
from tests.page.visitor import PATIENCE_MS, Visitor

__all__ = ["form_bot", "service", "url", "visitor"]

expect.set_options(timeout=PATIENCE_MS)


def picture(width: int = 60) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (width, 40), "teal").save(drawn, "PNG")
    return drawn.getvalue()


def chosen(name: str = "cat.png") -> FilePayload:
    if name.endswith(".png"):
        return FilePayload(name=name, mimeType="image/png", buffer=picture())
    return FilePayload(name=name, mimeType="text/plain", buffer=b"words")


async def brings(visitor: Visitor, event: str, name: str = "cat.png") -> None:
    """Let a file be dropped on the composer, or pasted there."""
    data = base64.b64encode(picture()).decode()
    await visitor.page.evaluate(
        """([event, name, data]) => {
            const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
            const held = new DataTransfer();
            held.items.add(new File([bytes], name, { type: "image/png" }));
            const about = { bubbles: true, cancelable: true };
            const told = event === "paste"
              ? new ClipboardEvent("paste", { ...about, clipboardData: held })
              : new DragEvent("drop", { ...about, dataTransfer: held });
            const inside = "#composer .line :is(textarea, input:not([hidden]))";
            document.querySelector(inside).dispatchEvent(told);
        }""",
        [event, name, data],
    )


async def test_a_picture_goes_along_with_a_message_and_is_seen(
    visitor: Visitor,
) -> None:
    page = visitor.page
    await page.set_input_files("#attach-file", [chosen(), chosen("notes.txt")])
    await expect(page.locator(".tray li")).to_have_count(2)
    await expect(page.locator(".tray img")).to_have_attribute(
        "src", "data:image/png;base64," + base64.b64encode(picture()).decode()
    )
    await page.get_by_role("button", name="Remove notes.txt").click()
    await visitor.says("look at this")

    message = visitor.message("look at this")
    await expect(message.locator("img[alt='cat.png']")).to_be_visible()
    await expect(message).not_to_contain_text("notes.txt")
    await expect(page.locator(".tray li")).to_have_count(0)


async def test_files_are_dropped_and_pasted_into_a_message_without_words(
    visitor: Visitor,
) -> None:
    await brings(visitor, "drop", "dropped.png")
    await brings(visitor, "paste", "pasted.png")
    await expect(visitor.page.locator(".tray li")).to_have_count(2)
    await visitor.page.click(".send")

    for name in ("dropped.png", "pasted.png"):
        await expect(
            visitor.page.locator(f".message img[alt='{name}']")
        ).to_be_visible()


async def test_a_file_for_an_option_is_chosen_and_its_command_sent(
    visitor: Visitor,
) -> None:
    await visitor.opens("size")
    await visitor.page.locator("[data-option=file]").set_input_files([chosen()])
    await visitor.page.click(".send")

    said = visitor.message(f"cat.png has {len(picture())} bytes, 60 px wide")
    await expect(said).to_be_visible()


async def test_a_file_that_is_dropped_on_a_command_fills_its_option(
    visitor: Visitor,
) -> None:
    await visitor.opens("size")
    await brings(visitor, "drop", "dropped.png")
    await visitor.page.click(".send")

    await expect(visitor.message("dropped.png has")).to_be_visible()


async def test_a_command_that_takes_no_file_says_so(visitor: Visitor) -> None:
    await visitor.opens("word")
    await brings(visitor, "drop")

    await expect(visitor.page.locator(".refusal")).to_have_text(
        "This command takes no file."
    )


async def test_a_file_too_large_is_refused_and_stays_chosen(visitor: Visitor) -> None:
    large = FilePayload(
        name="large.png", mimeType="image/png", buffer=bytes(20 * 2**20 + 1)
    )
    await visitor.opens("size")
    await visitor.page.locator("[data-option=file]").set_input_files([large])
    await visitor.page.click(".send")

    await expect(visitor.page.locator(".refusal")).to_contain_text("larger")
    held = await visitor.page.locator("[data-option=file]").evaluate(
        "input => input.files[0].name"
    )
    assert held == "large.png"


async def test_the_menu_of_a_message_hands_over_its_files(visitor: Visitor) -> None:
    await brings(visitor, "drop")
    await visitor.says("look")
    await visitor.becomes("Ben")
    await visitor.message("look").locator(".tool").click()
    await visitor.page.locator(".popup-menu button", has_text="Files").click()

    await expect(visitor.message("Mia posted ['cat.png']")).to_be_visible()
