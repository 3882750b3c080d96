"""Lives of tasks at the stand-in."""

import re
from pathlib import Path
from typing import Any

import pytest

from sandbox import evolink
from sandbox.evolink import Ending, Life, LogNormal, Serving
from sandbox.evolink.failures import MESSAGES, OTHER_MESSAGES
from sandbox.evolink.markers import NAMES, read_markers
from tests.sandbox.evolink.client import CREATE, MODEL, Client
from tests.sandbox.evolink.conftest import Start


async def seen(
    client: Client, task_id: str, *, every_s: float
) -> list[tuple[str, int]]:
    """Return what polling for 120 s shows."""
    shown = []
    for _ in range(int(120 / every_s) + 1):
        task = await client.task(task_id)
        shown.append((task["status"], task["progress"]))
        client.evolink.clock.advance(every_s)
    return shown


async def test_a_usual_life_waits_rises_and_completes(client: Client) -> None:
    shown = await seen(client, await client.created(), every_s=4)

    progress = [step for _, step in shown]
    assert [status for status, _ in shown[:4]] == ["pending"] * 3 + ["processing"]
    assert progress == sorted(progress)
    assert len(set(progress)) > 15
    assert max(progress[:-1]) < 100
    assert shown[-1] == ("completed", 100)


async def test_a_completed_task_is_drawn_as_the_documentation_shows(
    client: Client,
) -> None:
    task_id = await client.created()
    client.evolink.clock.advance(120)

    task = await client.task(task_id)

    (link,) = task.pop("results")
    assert link.startswith(client.evolink.results_url + "/acct1/videos/")
    assert link.endswith(".mp4")
    assert task == {
        "created": int(task_id.split("-")[2]),
        "id": task_id,
        "model": MODEL,
        "object": "video.generation.task",
        "progress": 100,
        "status": "completed",
        "task_info": {"can_cancel": False},
        "type": "video",
    }


async def test_a_running_task_tells_how_long_it_is_expected_to_take(
    client: Client,
) -> None:
    task = await client.task(await client.created())

    assert task["task_info"] == {"can_cancel": True, "estimated_time": 120}
    assert task.keys().isdisjoint({"results", "error", "usage"})


async def test_what_was_promised_for_a_task_stays_as_it_was(start: Start) -> None:
    promised_s = iter([300, 2])
    client = await start(estimated_time_s=lambda: next(promised_s))

    tasks = [await client.created(), await client.created()]

    shown = [(await client.task(one))["task_info"] for one in tasks]
    assert [one["estimated_time"] for one in shown] == [300, 2]


@pytest.mark.parametrize("code", [*MESSAGES, *OTHER_MESSAGES])
async def test_each_documented_failure_can_happen(client: Client, code: str) -> None:
    task_id = await client.created(f"a fox [[fail:{code}]]")
    client.evolink.clock.advance(120)

    task = await client.task(task_id)

    assert (task["status"], task["progress"]) == ("failed", 0)
    assert task["error"]["code"] == code
    assert task["error"]["type"] == "task_error"
    assert "\n(request id: " in task["error"]["message"]
    assert "results" not in task


def test_there_are_thirteen_documented_failures_and_one_more() -> None:
    assert len(MESSAGES) == 14


async def test_a_failure_can_bring_words_of_its_own(client: Client) -> None:
    task_id = await client.created("[[fail:odd_code:No: not today]]")
    client.evolink.clock.advance(120)

    error = (await client.task(task_id))["error"]

    assert error["code"] == "odd_code"
    assert error["message"].startswith("No: not today\n")


async def test_a_failure_can_lack_its_error(client: Client) -> None:
    task_id = await client.created("[[fail-without-error]]")
    client.evolink.clock.advance(120)

    task = await client.task(task_id)

    assert task["status"] == "failed"
    assert "error" not in task


async def test_a_task_can_be_cancelled_by_the_provider(client: Client) -> None:
    task_id = await client.created("[[cancelled]]")
    client.evolink.clock.advance(120)

    assert (await client.task(task_id))["status"] == "cancelled"


@pytest.mark.parametrize(
    ("marker", "fields"),
    [
        ("empty", {"results"}),
        ("missing", set()),
        ("result-data", {"results", "result_data"}),
        ("result-data-object", {"result_data"}),
    ],
)
async def test_a_completed_task_can_name_its_result_elsewhere_or_nowhere(
    client: Client, marker: str, fields: set[str]
) -> None:
    task_id = await client.created(f"[[{marker}]]")
    client.evolink.clock.advance(120)

    task = await client.task(task_id)

    assert task["status"] == "completed"
    assert task.keys() & {"results", "result_data"} == fields
    assert not task.get("results")
    entries = task.get("result_data", [])
    for entry in [entries] if isinstance(entries, dict) else entries:
        assert entry["video_url"].startswith(client.evolink.results_url)


async def test_progress_can_stick(client: Client) -> None:
    task_id = await client.created("[[stuck:50]]")
    client.evolink.clock.advance(7 * 24 * 3600)

    task = await client.task(task_id)

    assert (task["status"], task["progress"]) == ("processing", 50)


async def test_a_task_can_wait_for_ever(client: Client) -> None:
    task_id = await client.created("[[never]]")
    client.evolink.clock.advance(7 * 24 * 3600)

    assert (await client.task(task_id))["status"] == "pending"


async def test_progress_can_jump(client: Client) -> None:
    shown = await seen(client, await client.created("[[jump]]"), every_s=10)

    assert {progress for _, progress in shown} == {0, 100}


async def test_a_task_can_show_a_word_nobody_knows(client: Client) -> None:
    task_id = await client.created("[[unknown-status:meditating]]")

    assert (await client.task(task_id))["status"] == "meditating"
    client.evolink.clock.advance(120)
    assert (await client.task(task_id))["status"] == "completed"


async def test_a_new_id_can_be_unknown_for_a_while(client: Client) -> None:
    task_id = await client.created("[[hidden:3]]")

    first = await client.send("GET", f"/v1/tasks/{task_id}")
    client.evolink.clock.advance(3)
    second = await client.send("GET", f"/v1/tasks/{task_id}")

    assert (first.status, first.error["code"]) == (404, "task_not_found")
    assert second.status == 200


async def test_markers_add_up(client: Client) -> None:
    task_id = await client.created("[[fail:service_error]] a fox [[total:3]]")
    client.evolink.clock.advance(3)

    assert (await client.task(task_id))["error"]["code"] == "service_error"


@pytest.mark.parametrize(
    "prompt", ["[[fial]]", "[[stuck:half]]", "[[clip:vhs]]", "[[callback:often]]"]
)
async def test_a_misspelt_marker_is_refused(client: Client, prompt: str) -> None:
    """A test with a typing error would otherwise test nothing."""
    reply = await client.order(prompt)

    assert (reply.status, reply.error["param"]) == (400, "prompt")
    assert client.evolink.paid_tasks == 0


def test_every_marker_stands_in_the_readme_with_examples_that_work() -> None:
    readme = Path(evolink.__file__).with_name("README.md").read_text(encoding="utf-8")
    examples = re.findall(r"`(\[\[([a-z-]+)(?::[^`]*)?\]\])`", readme)

    assert {name for _, name in examples} == NAMES
    for example, name in examples:
        assert read_markers(f"a fox {example}") != read_markers("a fox"), name


def test_a_markers_words_reach_the_download() -> None:
    slow = read_markers("[[clip:slow:0.4]]").life.serving
    large = read_markers("[[clip:oversize:30000000]]").life.serving

    assert (slow.kind, slow.seconds) == ("slow", 0.4)
    assert (large.kind, large.size_bytes) == ("oversize", 30_000_000)


async def test_a_create_can_be_refused_by_its_prompt(client: Client) -> None:
    plain = await client.order("[[refuse:402]]")
    worded = await client.order("[[refuse:400:content_policy_violation]]")

    assert (plain.status, plain.error["code"]) == (402, "insufficient_quota")
    assert worded.status == 400
    assert worded.error["code"] == "content_policy_violation"
    assert client.evolink.paid_tasks == 0


async def test_the_next_task_can_be_scripted_from_python(client: Client) -> None:
    client.evolink.next_task(
        Life(total_s=2, ending=Ending.FAILED, code="service_error")
    )

    scripted, usual = await client.created(), await client.created()
    client.evolink.clock.advance(2)

    assert (await client.task(scripted))["status"] == "failed"
    assert (await client.task(usual))["status"] == "pending"


async def test_a_running_task_can_be_given_another_life(client: Client) -> None:
    task_id = await client.created("[[never]]")
    client.evolink.tasks.change_life(task_id, Life(total_s=5))

    client.evolink.clock.advance(5)

    assert (await client.task(task_id))["status"] == "completed"
    with pytest.raises(ValueError, match="already ended"):
        client.evolink.tasks.change_life(task_id, Life())


async def test_a_life_can_be_replaced_before_its_end_without_ending_twice(
    client: Client,
) -> None:
    task_id = await client.created()
    client.evolink.tasks.change_life(task_id, Life(total_s=500, ending=Ending.FAILED))

    client.evolink.clock.advance(120)
    running = await client.task(task_id)
    client.evolink.clock.advance(400)

    assert running["status"] == "processing"
    assert (await client.task(task_id))["status"] == "failed"
    assert await client.remaining() == 100_000


async def test_what_was_ordered_can_be_read_in_python(client: Client) -> None:
    task_id = await client.created("a fox", mode="spicy")

    task = client.evolink.tasks[task_id]

    assert (task.order.prompt, task.order.mode) == ("a fox", "spicy")
    assert task.life == Life(serving=Serving())


async def test_an_id_of_another_form_is_refused(client: Client) -> None:
    reply = await client.send("GET", "/v1/tasks/job-7")

    assert (reply.status, reply.error["code"]) == (400, "invalid_task_id")
    assert reply.error["param"] == "task_id"


async def test_an_unknown_task_is_not_found(client: Client) -> None:
    reply = await client.send("GET", "/v1/tasks/task-unified-1-aaaaaaaa")

    assert (reply.status, reply.error["code"]) == (404, "task_not_found")


async def test_a_strangers_task_is_forbidden(start: Start) -> None:
    client = await start(other_api_keys=("other",))
    task_id = await client.created()

    reply = await client.send("GET", f"/v1/tasks/{task_id}", key="other")

    assert (reply.status, reply.error["code"]) == (403, "permission_denied")


async def test_a_task_can_expire(start: Start) -> None:
    client = await start(task_life_s=3600.0)
    task_id = await client.created()
    client.evolink.clock.advance(3600)

    assert (await client.send("GET", f"/v1/tasks/{task_id}")).status == 404


async def test_a_batch_leaves_out_what_is_unknown_or_a_strangers(start: Start) -> None:
    client = await start(other_api_keys=("other",))
    mine = [await client.created(), await client.created()]
    body = {"model": MODEL, "prompt": "a fox"}
    theirs = (await client.send("POST", CREATE, key="other", json=body)).json["id"]

    ids = [*mine, theirs, "task-unified-1-aaaaaaaa"]
    reply = await client.send("POST", "/v1/tasks/batch", json={"task_ids": ids})

    assert [task["id"] for task in reply.json["data"]] == mine
    assert reply.json["data"][0] == await client.task(mine[0])


@pytest.mark.parametrize("ids", [[], ["x"] * 51, "x", None], ids=["0", "51", "s", "-"])
async def test_a_batch_holds_one_to_fifty_ids(client: Client, ids: Any) -> None:
    reply = await client.send("POST", "/v1/tasks/batch", json={"task_ids": ids})

    assert (reply.status, reply.error["param"]) == (400, "task_ids")


@pytest.mark.parametrize(("switch", "status"), [(404, {404, 405}), (405, {405})])
async def test_the_batch_can_be_switched_off(
    start: Start, switch: int, status: set[int]
) -> None:
    client = await start(batch=switch)

    reply = await client.send("POST", "/v1/tasks/batch", json={"task_ids": ["x"]})

    assert reply.status in status
    assert "error" in reply.json


async def test_the_list_is_newest_first_paged_and_filtered(client: Client) -> None:
    old = [await client.created("[[total:5]]") for _ in range(3)]
    client.evolink.clock.advance(5)
    new = await client.created()

    page = await client.send("GET", "/v1/tasks?page=2&page_size=2")
    running = await client.send("GET", "/v1/tasks?status=processing")
    done = await client.send("GET", "/v1/tasks?status=completed&type=video")

    assert [row["id"] for row in page.json["data"]] == [old[1], old[0]]
    assert (page.json["total"], page.json["page"]) == (4, 2)
    assert [row["id"] for row in running.json["data"]] == [new]
    assert [row["credits_used"] for row in done.json["data"]] == [5.0] * 3
    assert (await client.send("GET", "/v1/tasks?page=0")).status == 400


async def test_total_times_can_follow_a_distribution_with_a_seed(start: Start) -> None:
    draws = [LogNormal(median_s=60, sigma=0.5, seed=7) for _ in range(2)]
    client = await start(total_s=draws[0])

    task_ids = [await client.created() for _ in range(3)]

    totals = [client.evolink.tasks[task_id].total_s for task_id in task_ids]
    assert totals == [draws[1]() for _ in range(3)]
    assert len(set(totals)) == 3


async def test_real_time_passes_at_the_chosen_speed(start: Start) -> None:
    """Nothing but waiting is done here, at half a day each second."""
    client = await start(speed=40_000.0, total_s=60.0)
    task_id = await client.created()

    while (await client.task(task_id))["status"] != "completed":
        pass

    assert client.evolink.clock.now() >= client.evolink.tasks[task_id].created_at + 60


async def test_undocumented_fields_can_be_told(start: Start) -> None:
    client = await start(undocumented_fields=True)
    task_id = await client.created("[[credits:4.92]]")
    client.evolink.clock.advance(120)

    task = await client.task(task_id)

    assert task["usage"]["credits_used"] == 4.92
    assert (task["duration"], "request_id" in task) == (120, True)
