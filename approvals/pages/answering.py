"""What the pages that take answers share."""

from collections.abc import Mapping
from typing import Any

from approvals.models import Answer, Task
from approvals.services import form_answers
from approvals.services.deciding import VERBS
from common.problems import bad_value


def kind_of(text: str) -> Answer.Kind:
    """The answer that a form or an address names.

    Raises:
        Problem: 400 `bad_answer`.
    """
    for kind in VERBS:
        if kind.value == text:
            return kind
    raise bad_value("bad_answer", "Say continue or cancel.", field="answer")


def filled_in(task: Task, posted: Mapping[str, str]) -> dict[str, Any] | None:
    """What was filled in of the task's form; its fields are sent as `form.<name>`."""
    if not task.form:
        return None
    texts = {name.removeprefix("form."): value for name, value in posted.items() if name.startswith("form.")}
    return form_answers.from_texts(task.form, texts)
