from typing import Any

import pytest

from bot.domain.ids import new_job_id
from bot.texts.texts import LOCALES, Texts
from cogs.custom_ids import Act, Bearer, JobPress, job_press
from cogs.edit_modal import EditModal, edited_prompt


@pytest.mark.parametrize("locale", LOCALES)
async def test_the_modal_is_fit_to_open(texts: Texts, locale: str) -> None:
    job_id = new_job_id()
    modal = EditModal(texts, locale, job_id, Bearer.CLIP, "x" * 4000)
    sent = modal.to_dict()
    (label,) = sent["components"]

    assert 1 <= len(sent["title"]) <= 45
    assert 1 <= len(label["label"]) <= 45
    assert label["component"]["value"] == "x" * 4000
    assert label["component"]["max_length"] == 4000
    assert job_press(sent["custom_id"]) == JobPress(
        act=Act.EDIT, job_id=job_id, bearer=Bearer.CLIP
    )
    assert modal.is_finished(), "discord.py would remember it"


@pytest.mark.parametrize(
    ("components", "prompt"),
    [
        ([], ""),
        ([{"type": 18, "component": {"custom_id": "prompt", "value": "fox"}}], "fox"),
        ([{"type": 1, "components": [{"custom_id": "prompt", "value": "fox"}]}], "fox"),
        ([{"type": 18, "component": {"custom_id": "other", "value": "fox"}}], ""),
        ([{"type": 10}, {"type": 18}], ""),
    ],
)
def test_the_prompt_is_found_in_what_discord_sends(
    components: list[dict[str, Any]], prompt: str
) -> None:
    assert edited_prompt(components) == prompt
