"""How tasks look in EvoLink's JSON. Source of every field: EvoLink docs."""

from typing import Any

from sandbox.evolink.config import EvolinkConfig
from sandbox.evolink.failures import error_object
from sandbox.evolink.life import Ending
from sandbox.evolink.tasks import Task

OBJECT = "video.generation.task"
_FINAL = frozenset({"completed", "failed", "cancelled"})


class Wire:
    """Draws tasks at a moment; `results_url` is the origin of the result links."""

    def __init__(self, config: EvolinkConfig, results_url: str) -> None:
        self._config = config
        self._results_url = results_url

    def created(self, task: Task) -> dict[str, Any]:
        """Return the answer to a create: the task as it was at its first moment."""
        return {
            **_identity(task),
            "progress": 0,
            "status": "pending",
            "task_info": {
                "can_cancel": True,
                "estimated_time": task.promised_s,
            },
            "usage": self._usage(task),
        }

    def task(self, task: Task, now: float) -> dict[str, Any]:
        """Return the answer to a task query, which is a callback's body too."""
        status, progress = task.state(now)
        is_final = status in _FINAL
        drawn: dict[str, Any] = {
            **_identity(task),
            "progress": progress,
            "status": status,
            "task_info": {"can_cancel": not is_final},
        }
        if not is_final:
            drawn["task_info"]["estimated_time"] = task.promised_s
        elif status == Ending.COMPLETED:
            drawn |= self._results(task)
        elif status == Ending.FAILED and task.life.has_error:
            life = task.life
            drawn["error"] = error_object(life.code, life.message, request_id(task))
        if self._config.undocumented_fields:
            drawn["request_id"] = request_id(task)
            drawn["usage"] = self._usage(task)
            if is_final:
                drawn["duration"] = round(task.total_s)
        return drawn

    def row(self, task: Task, now: float) -> dict[str, Any]:
        """Return the task's line in a list, which has no links."""
        status, progress = task.state(now)
        has_results = status == Ending.COMPLETED and task.life.listed_as != "empty"
        return {
            "id": task.id,
            "model": task.order.model,
            "type": "video",
            "status": status,
            "progress": progress,
            "created_at": int(task.created_at),
            "duration": round(task.total_s) if status in _FINAL else 0,
            "has_results": has_results,
            "result_count": int(has_results),
            "has_error": status == Ending.FAILED,
            "credits_used": task.charged or 0,
        }

    def link(self, task: Task) -> str:
        """Return where the clip can be fetched once the task is completed."""
        return self._results_url + task.result_path + task.life.serving.query

    def _results(self, task: Task) -> dict[str, Any]:
        link = self.link(task)
        entry = {
            "result_id": task.id[-8:],
            "duration": task.order.duration_s,
            "video_url": link,
        }
        match task.life.listed_as:
            case "results":
                return {"results": [link]}
            case "empty":
                return {"results": []}
            case "missing":
                return {}
            case "result_data":
                return {"results": [], "result_data": [entry]}
            case "result_data_object":
                return {"result_data": entry}

    def _usage(self, task: Task) -> dict[str, Any]:
        is_flat = task.order.rules.credits_per_call is not None
        rule = "per_call" if is_flat else "per_second"
        usage: dict[str, Any] = {
            "billing_rule": self._config.billing_rule or rule,
            "credits_reserved": task.reserved,
            "user_group": "default",
        }
        if task.charged is not None and self._config.undocumented_fields:
            usage["credits_used"] = task.charged
        return usage


def _identity(task: Task) -> dict[str, Any]:
    return {
        "created": int(task.created_at),
        "id": task.id,
        "model": task.order.model,
        "object": OBJECT,
        "type": "video",
    }


def request_id(task: Task) -> str:
    """Return the id under which the provider would know this task's request."""
    return f"req{task.id[13:].replace('-', '')}"
