"""Importing a hooks.conf: its hooks become ordinary flows of the one who imports it."""

from dataclasses import asdict, dataclass

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import Problem, bad_value
from flows.models import Flow
from flows.sdk import JsonObject
from flows.services.many import draw, make_flows
from flows.services.plans import InstallationWith
from hooks.services.becoming import Planned, PlannedFile, plan_file
from hooks.services.drawing import drawing_of, name_of
from hooks.services.reading import Located
from hooks.services.receivers import choose, make_missing


@dataclass(frozen=True, slots=True)
class PreviewedHook:
    """A hook, the name of its flow, and the credential that keeps its community string, if it has one."""

    planned: Planned
    name: str
    credential: str


@dataclass(frozen=True, slots=True)
class Preview:
    file: PlannedFile
    hooks: list[PreviewedHook]


def preview(actor: Actor, raw: str | bytes, *, only_first: bool = False) -> Preview:
    """What an import of the text would make. Changes nothing."""
    _need(actor)
    file = plan_file(raw, actor.tenant_id, only_first=only_first)
    chosen = choose(actor, file.receivers)
    hooks = [PreviewedHook(one, name_of(one.hook), chosen.name_of(one.receiver)) for one in file.hooks]
    return Preview(file, hooks)


@dataclass(frozen=True, slots=True)
class Imported:
    """The flows that an import made, and what is to be said of the file."""

    flows: list[Flow]
    problems: list[Located]


def import_hooks(
    actor: Actor, raw: str | bytes, *, only_first: bool = False, is_enabled: bool = False
) -> Imported:
    """Make a flow of each hook that can become one; broken hooks are left out.

    Args:
        is_enabled: publish them and switch them on; else they are drafts.

    Raises:
        Problem: 400 `bad_hooks_file`, `no_hooks`, both with what is wrong where as `problems`.
    """
    _need(actor)
    file = plan_file(raw, actor.tenant_id, only_first=only_first)
    _refuse_nothing(file)
    chosen = choose(actor, file.receivers)
    installation = InstallationWith(actor.tenant_id, chosen.types)
    drawn = [
        draw(_drawing(planned, chosen.name_of(planned.receiver)), installation, publishes=is_enabled)
        for planned in file.wanted
    ]
    with transaction.atomic():
        make_missing(actor, chosen)
        flows = make_flows(actor=actor, drawn=drawn)
        told = {"hooks": len(file.hooks), "flows": len(flows), "is_enabled": is_enabled}
        audit.record(actor, "imported", "hooks_file", "", tenant_id=actor.tenant_id, changes=told)
    return Imported(flows, file.problems)


def _need(actor: Actor) -> None:
    for permission in (Permission.edit_flows, Permission.publish_flows, Permission.manage_credentials):
        actor.need(permission)


def _refuse_nothing(file: PlannedFile) -> None:
    if file.wanted:
        return
    first: Problem | str = "It holds no hook that can become a flow."
    if file.problems:
        first = f"Line {file.problems[0].line}: {file.problems[0].message}"
    raise bad_value(
        "no_hooks" if file.is_readable else "bad_hooks_file",
        f"Nothing can be imported. {first}",
        hint=file.problems[0].hint if file.problems else "Write the hooks below “hooks:”.",
        field="text",
        extra={"problems": [asdict(problem) for problem in file.problems]},
    )


def _drawing(planned: Planned, credential: str) -> JsonObject:
    return drawing_of(planned.hook, name_of(planned.hook), planned.receiver, credential)
