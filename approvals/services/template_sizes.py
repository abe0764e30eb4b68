"""What a template asks of the servers that are made from it."""

from typing import Final

from approvals.models import Task
from approvals.services.limits import SIZES, UNITS
from approvals.services.making import owner_of, template_of
from common.problems import conflict
from inventory.models import Server

LEAST: Final = {name: f"min_{name}" for name in SIZES}
"""Columns of the template, by those of the server."""


def check_sizes(task: Task, server: Server) -> None:
    """See that a server that is still to be made is as large as its template asks, once the operation is done.

    Raises:
        Problem: 409 `too_small`.
    """
    template = template_of(server, owner_of(server))
    if template is None:
        return
    wanted = task.request.get("values", {})
    for name, column in LEAST.items():
        least, has = getattr(template, column), wanted.get(name, getattr(server, name))
        if has < least:
            raise conflict(
                "too_small",
                f"{template.display_name} needs at least {least} {UNITS[name]}; the server has {has}.",
                hint="Ask for a larger size, or another operating system.",
                field=name,
            )
