"""Errors as the Workflow feature tells them: `{"links": [], "collection": [{"code", "message"}]}`."""

from typing import Final

from approvals.original.links import Dto
from common.problems import Problem

TASK_UNKNOWN: Final = "TASK-1"
TASK_STATE: Final = "TASK-2"
ENDPOINT_FAILED: Final = "WKF-01"


def error_dto(problem: Problem, *, of_task: bool) -> Dto:
    """A problem in the original's words: what a task does not allow has its codes, all else has ours.

    Args:
        of_task: the path names a task.
    """
    code, message = problem.code, problem.message
    if of_task and problem.status == 404:
        code, message = TASK_UNKNOWN, "The requested task does not exist"
    elif of_task and problem.status == 409:
        code = TASK_STATE
    text = f"{message} {problem.hint}".strip() if code != TASK_UNKNOWN else message
    return {"links": [], "collection": [{"code": code, "message": text, "links": []}]}
