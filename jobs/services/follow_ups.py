"""What follows a run of a job: one ordered list for success, one for failure. Each is a flow underneath.

The flow listens to the job's own event. The trigger's output feeds the actions in their order, so that each starts when
the one before has ended; the error port of each ends in a line of the log, so that a failure ends nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import bad_value
from flows.compiler.findings import Finding
from flows.models import Flow
from flows.sdk import JsonObject, Kind, NodeMeta, node_types
from flows.services.drafting import validate
from flows.services.flows import create_flow, delete_flow, read_or_refuse, save_draft, update_flow
from flows.services.versions import publish
from jobs.models import Job
from jobs.services.action_settings import KINDS, followers, platform_config

MODES: Final = {"success": "job.succeeded", "failure": "job.failed"}
TRIGGER: Final = "ended"
JOB_FIELD: Final = "runtemplate_id"
"""The field of the events of jobs that names the job."""
FAILED: Final = "-failed"
"""Ends the ids of the nodes that take up what failed."""
MOST_ACTIONS: Final = 50


@dataclass(frozen=True, slots=True)
class Action:
    """One entry of a list. `id` is that of its node; empty for a new one."""

    type: str
    name: str = ""
    config: JsonObject = field(default_factory=dict)
    settings: JsonObject = field(default_factory=dict)
    id: str = ""


@dataclass(frozen=True, slots=True)
class FollowUps:
    """A list as it stands.

    Args:
        flow: None while there is none.
        is_list: whether the drawing is a plain list; people may have drawn something else in the editor.
        is_in_force: whether what is shown is what runs.
    """

    flow: Flow | None = None
    actions: tuple[Action, ...] = ()
    is_list: bool = True
    findings: tuple[Finding, ...] = ()
    is_in_force: bool = True

    @property
    def flow_id(self) -> UUID | None:
        return self.flow.id if self.flow else None

    @property
    def problems(self) -> list[str]:
        """What has to be mended, in sentences."""
        return [finding.message for finding in self.findings if finding.severity == "error"]


def follow_ups(job: Job, mode: str) -> FollowUps:
    """The list of a job.

    Raises:
        Problem: 400 `bad_mode`.
    """
    flow = _flow_of(job, mode)
    if flow is None:
        return FollowUps()
    actions = _read(job, mode, flow.draft)
    findings = validate(read_or_refuse(flow.draft, is_draft=True), flow.tenant_id).problems
    is_published = flow.published is not None and flow.published.document == flow.draft
    return FollowUps(
        flow,
        actions or (),
        is_list=actions is not None,
        findings=findings,
        is_in_force=is_published and flow.is_enabled,
    )


def set_follow_ups(*, actor: Actor, job: Job, mode: str, actions: Sequence[Action]) -> FollowUps:
    """Put a list in the place of what was drawn, and in force if nothing has to be mended first.

    Raises:
        Problem: 400 `bad_mode`, `bad_action`, `too_many_actions`; 403.
    """
    actor.need(Permission.publish_flows)
    _check(actions)
    owner = replace(actor, tenant_id=job.tenant_id)  # the flow is the job's owner's, whoever draws it
    drawing = _drawing(job, mode, actions)
    with transaction.atomic():
        flow = _flow_of(job, mode)
        if flow is None:
            flow = create_flow(
                actor=owner, name=drawing["name"], document=read_or_refuse(drawing, is_draft=True)
            )
            setattr(job, f"on_{mode}", flow)
            job.save(update_fields=[f"on_{mode}"])
        else:
            drawing = {**drawing, "name": flow.name, "description": flow.description}
            flow = save_draft(actor=owner, flow=flow, document=drawing, revision=flow.draft_revision)
        audit.record(
            actor,
            f"set_on_{mode}",
            "job",
            str(job.id),
            tenant_id=job.tenant_id,
            changes={"actions": [action.type for action in actions]},
        )
        _put_in_force(owner, flow, is_empty=not actions)
    return follow_ups(job, mode)


def delete_follow_ups(actor: Actor, job: Job) -> None:
    """Delete the flows that nothing but this job starts. One that starts by something else too stays."""
    if not actor.may(Permission.edit_flows):
        return
    for mode in MODES:
        flow = _flow_of(job, mode)
        if flow is not None and all(_hears_only(job, mode, drawing) for drawing in _drawings(flow)):
            delete_flow(actor=actor, flow=flow)


def _drawings(flow: Flow) -> list[JsonObject]:
    return [flow.draft] if flow.published is None else [flow.draft, flow.published.document]


def _hears_only(job: Job, mode: str, drawing: Mapping[str, Any]) -> bool:
    wanted = ("event", _trigger_config(job, mode))
    triggers = [node for node in drawing.get("nodes", ()) if _is_trigger(node)]
    return bool(triggers) and all((node.get("type"), node.get("config")) == wanted for node in triggers)


def _is_trigger(node: Mapping[str, Any]) -> bool:
    """A type that is not installed here may be one."""
    kind = node_types.get(node.get("type", ""))
    return kind is None or kind.meta.kind is Kind.TRIGGER


def _put_in_force(actor: Actor, flow: Flow, *, is_empty: bool) -> None:
    if is_empty:
        if flow.is_enabled:
            update_flow(actor=actor, flow=flow, is_enabled=False)
        return
    if not validate(read_or_refuse(flow.draft, is_draft=True), flow.tenant_id).ok:
        return
    publish(actor=actor, flow=flow, revision=flow.draft_revision, is_enabled=True)


def offered(kinds: frozenset[Kind] = KINDS) -> list[tuple[str, str]]:
    """The node types that may follow a job, as (type, label), by label."""
    return [(meta.type, meta.label) for meta in followers(kinds)]


def _meta(node_type: str) -> NodeMeta:
    node = node_types.get(node_type)
    if node is None:
        raise bad_value("bad_action", f"There is no action {node_type[:80]!r}.")
    return node.meta


def _check(actions: Sequence[Action]) -> None:
    if len(actions) > MOST_ACTIONS:
        raise bad_value("too_many_actions", f"A list has {MOST_ACTIONS} actions at most.", field="actions")
    known = {name for name, _ in offered()}
    for place, action in enumerate(actions):
        if action.type not in known:
            raise bad_value(
                "bad_action",
                f"There is no action {action.type[:80]!r}.",
                hint=f"Known are: {', '.join(sorted(known))}.",
                field=f"actions.{place}.type",
            )


def _flow_of(job: Job, mode: str) -> Flow | None:
    if mode not in MODES:
        raise bad_value("bad_mode", "Say success or failure.", field="mode")
    flow_id = getattr(job, f"on_{mode}_id")
    return Flow.objects.select_related("published").filter(id=flow_id, deleted_at=None).first()


def _drawing(job: Job, mode: str, actions: Sequence[Action]) -> JsonObject:
    nodes: list[JsonObject] = [
        _node(TRIGGER, "event", f"{job.name[:150]}: {mode}", _trigger_config(job, mode), 0, 0)
    ]
    edges: list[JsonObject] = []
    for place, (node_id, action) in enumerate(_with_ids(actions)):
        meta = _meta(action.type)
        name = action.name or meta.label
        config = {**platform_config(action.type), **action.config}
        nodes.append(_node(node_id, action.type, name, config, 300, 160 * place, action.settings))
        edges.append({"from": TRIGGER, "port": "out", "to": node_id})
        if meta.can_fail:
            leaf = node_id + FAILED
            nodes.append(_node(leaf, "log-line", f"{name[:150]} failed", _LEAF, 640, 160 * place))
            edges.append({"from": node_id, "port": "error", "to": leaf})
    return {
        "format": "hookflow/flow",
        "version": 1,
        "name": f"{job.name[:180]}: on {mode}",
        "description": f"What follows each {mode} of the job, in this order.",
        "settings": {},
        "nodes": nodes,
        "edges": edges,
    }


_LEAF: Final = {
    "text": "{{ error.node }} failed and the next action follows. {{ error.message }}",
    "level": "warning",
}


def _trigger_config(job: Job, mode: str) -> JsonObject:
    condition = {"field": JOB_FIELD, "operation": "=", "value": str(job.id)}
    return {"event": MODES[mode], "condition": condition}


def _with_ids(actions: Sequence[Action]) -> list[tuple[str, Action]]:
    """Each with an id of its own; those that there are stay, so that runs and wires keep their names."""
    taken = {TRIGGER}
    found = []
    for place, action in enumerate(actions, 1):
        node_id = action.id
        if not node_id or node_id in taken or node_id.endswith(FAILED):
            kept = {other.id for other in actions}
            node_id = next(
                one for number in range(place, place + 1_000) if (one := f"a{number}") not in taken | kept
            )
        taken.add(node_id)
        found.append((node_id, action))
    return found


def _node(
    node_id: str, kind: str, name: str, config: Any, x: int, y: int, settings: JsonObject | None = None
) -> JsonObject:
    return {
        "id": node_id,
        "type": kind,
        "name": name,
        "config": dict(config),
        "settings": settings or {},
        "position": {"x": x, "y": y},
    }


def _read(job: Job, mode: str, drawing: Mapping[str, Any]) -> tuple[Action, ...] | None:
    """The actions of a drawing that is a plain list; None when it is something else."""
    nodes = {node["id"]: node for node in drawing.get("nodes", ())}
    edges = [(edge["from"], edge["port"], edge["to"]) for edge in drawing.get("edges", ())]
    order = [to for source, port, to in edges if (source, port) == (TRIGGER, "out")]
    leaves = [(node_id, "error", node_id + FAILED) for node_id in order if node_id + FAILED in nodes]
    wanted = [(TRIGGER, "out", node_id) for node_id in order] + leaves
    trigger = nodes.get(TRIGGER, {})
    is_plain = (
        trigger.get("config") == _trigger_config(job, mode)
        and sorted(edges) == sorted(wanted)
        and set(nodes) == {TRIGGER, *order, *(leaf for _, _, leaf in leaves)}
    )
    if not is_plain:
        return None
    return tuple(
        Action(
            type=nodes[node_id]["type"],
            name=nodes[node_id].get("name", ""),
            config=nodes[node_id].get("config", {}),
            settings=nodes[node_id].get("settings", {}),
            id=node_id,
        )
        for node_id in order
    )
