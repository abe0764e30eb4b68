"""How each operation of the API that changes something is called so that it succeeds.

An operation without an entry is called with an empty body.
"""

from accounts.actors import Actor
from accounts.models import Tenant
from accounts.roles import Role
from flows.graph.codec import document_json
from inventory.tables import TABLES
from jobs.services.commands import create_command
from tests.architecture.stage import (
    V1,
    Call,
    absence,
    asleep,
    failed,
    made,
    new_row,
    not_held,
    on_flow,
    policy,
    put_on,
    reconfigured,
    resumable,
    tagged,
    waiting,
    with_endpoint,
    with_old_secret,
    with_webhook,
    without_address,
)
from tests.conftest import make_user
from tests.flows.pages.conftest import drawing
from tests.inventory.api.test_tables import CHANGE

NO_CHANGE = {
    "POST /api/v1/flows/{id}/validate/": "looks at a drawing",
    "POST /api/v1/flows/{id}/wiring/": "looks at a drawing",
    "POST /api/v1/flows/{id}/preview/": "renders a text",
    "POST /api/v1/flows/{id}/dry-run/": "runs in memory and keeps nothing",
    "POST /api/v1/flows/{id}/choices/": "asks an outside system for a list",
    "POST /api/v1/flows/import/preview/": "looks at a drawing",
    "POST /api/v1/credentials/{id}/test/": "asks an outside system whether it lets one in",
    "POST /api/v1/hooks-file/preview/": "looks at a text",
    "POST /api/v1/policies/preview/": "tries a policy in memory",
    "POST /api/v1/events/": "the event itself is kept, with its sender; thousands a second come in",
    "POST /hooks/{key}/": "the event itself is kept; thousands a second come in",
}
"""Operations that write no entry, and why."""

HOOKS = """hooks:
  - event_type: workflow_failed
    implementation: cloudify.snmp.snmp_trap.send_snmp_trap
    inputs: {destination_address: 10.239.0.109, destination_port: 162, community_string: public}
"""
CALLS: dict[str, Call] = {
    f"PUT {V1}action-settings/{{node_type}}/": Call({"config": {}}),
    f"POST {V1}commands/": Call({"name": "List", "executable": "/usr/bin/ls"}),
    f"PATCH {V1}commands/{{id}}/": Call({"name": "Say"}),
    f"DELETE {V1}commands/{{id}}/": Call(
        {}, lambda stage: create_command(actor=Actor.system(), name="Unused", executable="/usr/bin/ls").pk
    ),
    f"PATCH {V1}me/": Call({"zone": "Europe/Berlin"}),
    f"PATCH {V1}review-notices/": Call({"link_hours": 5}),
    f"PATCH {V1}tenants/{{id}}/review-notices/": Call({"link_hours": 5}),
    f"PATCH {V1}tenants/{{id}}/limits/": Call({"servers": 5}),
    f"PATCH {V1}workflow/": Call({"is_enabled": True}),
    f"PUT {V1}workflow/secret/": Call({"secret": f"whsec_{'c2Vj' * 8}"}),
    f"POST {V1}workflow/test/": Call({}, with_endpoint),
    f"PUT {V1}tenants/{{id}}/workflow/": Call({"is_enabled": True}),
    f"POST {V1}services/": Call(
        lambda stage: {
            "name": "Mail",
            "stop_command": stage.id("/commands/"),
            "status_command": stage.id("/commands/"),
        }
    ),
    f"PATCH {V1}services/{{id}}/": Call({"name": "Shop"}),
    f"POST {V1}credentials/": Call(
        {"type": "smtp", "name": "two", "values": {"host": "mail.example.org", "password": "hunter2hunter2"}}
    ),
    f"PATCH {V1}credentials/{{id}}/": Call({"name": "three"}),
    f"POST {V1}event-types/": Call({"name": "order.paid", "label": "Paid", "schema": {"type": "object"}}),
    f"PUT {V1}event-types/{{name}}/": Call({"label": "Paid", "schema": {"type": "object"}}),
    f"POST {V1}flows/": Call({"name": "New"}),
    f"PATCH {V1}flows/{{id}}/": Call({"name": "Renamed"}),
    f"PUT {V1}flows/{{id}}/draft/": Call({"document": document_json(drawing("Drawn anew"))}),
    f"POST {V1}flows/import/": Call({"document": document_json(drawing("Brought"))}),
    f"POST {V1}flows/{{id}}/hook/": Call({}, without_address),
    f"POST {V1}flows/{{id}}/hook/rotate/": Call({}, lambda stage: with_webhook(stage).pk),
    f"DELETE {V1}flows/{{id}}/hook/old-secret/": Call({}, with_old_secret),
    f"PUT {V1}flows/{{id}}/hook/secret/": Call(
        {"secret": "8f742231b10e8888abcd99yyyzzz85a5"}, lambda stage: with_webhook(stage).pk
    ),
    f"POST {V1}hooks-file/import/": Call({"text": HOOKS}),
    f"POST {V1}inventory/balances/{{id}}/add/": Call({"amount": 5}),
    f"POST {V1}inventory/balances/{{id}}/remove/": Call({"amount": 5}),
    f"POST {V1}inventory/tags/{{id}}/assign/": Call(tagged),
    f"POST {V1}inventory/tags/{{id}}/unassign/": Call(tagged, put_on),
    f"POST {V1}inventory/tickets/{{id}}/messages/": Call({"content": "Thanks."}),
    f"POST {V1}jobs/": Call(on_flow),
    f"PATCH {V1}jobs/{{id}}/": Call({"name": "Daily"}),
    f"PUT {V1}jobs/{{id}}/follow-ups/{{mode}}/": Call(
        {"actions": [{"type": "log-line", "config": {"text": "x"}}]}
    ),
    f"PATCH {V1}platform/settings/": Call({"mail_senders": ["ops@example.org"]}),
    f"POST {V1}runs/{{id}}/cancel/": Call({}, lambda stage: asleep(stage).pk),
    f"POST {V1}runs/{{id}}/continue/": Call({"node": "f"}, lambda stage: asleep(stage).pk),
    f"POST {V1}runs/{{id}}/decide/": Call(
        {"node": "f", "decision": "skip"}, lambda stage: waiting(stage, {"intent": "f"}).pk
    ),
    f"POST {V1}runs/{{id}}/resume/": Call({}, resumable),
    f"POST {V1}runs/resume-failed/": Call({}, resumable),
    f"POST {V1}calendars/": Call({"name": "Office"}),
    f"PATCH {V1}calendars/{{id}}/": Call({"name": "Shop"}),
    f"DELETE {V1}calendars/{{id}}/": Call({}, made("calendars", {"name": "Office"})),
    f"POST {V1}review-groups/": Call({"name": "Network"}),
    f"PATCH {V1}review-groups/{{id}}/": Call({"name": "Net"}),
    f"DELETE {V1}review-groups/{{id}}/": Call({}, made("review-groups", {"name": "Network"})),
    f"POST {V1}policies/": Call(policy),
    f"PATCH {V1}policies/{{id}}/": Call({"name": "Small changes"}),
    f"DELETE {V1}policies/{{id}}/": Call({}, made("policies", policy)),
    f"POST {V1}delegations/": Call(absence),
    f"POST {V1}operations/": Call(reconfigured),
    f"POST {V1}server-orders/": Call({"hostname": "c.example.org", "cpu": 1, "ram": 1024, "disk": 10}),
    f"POST {V1}scopes/": Call({"name": "West"}),
    f"PATCH {V1}scopes/{{id}}/": Call({"name": "East"}),
    f"POST {V1}tasks/{{id}}/comments/": Call({"message": "Hm."}),
    f"POST {V1}tasks/{{id}}/questions/": Call({"message": "Why?"}),
    f"POST {V1}tasks/{{id}}/reassign/": Call(lambda stage: {"to_users": [stage.admin.pk]}),
    f"POST {V1}tasks/{{id}}/acknowledge/": Call({}, failed),
    f"POST {V1}tasks/bulk/": Call(
        lambda stage: {"decision": "cancel", "tasks": [stage.estate.ids["/tasks/"]]}
    ),
    f"POST {V1}tenants/": Call({"name": "New", "slug": "new"}),
    f"PATCH {V1}tenants/{{id}}/": Call({"name": "Renamed"}),
    f"DELETE {V1}tenants/{{id}}/": Call(
        {}, lambda stage: Tenant.objects.create(name="Empty", slug="empty").pk
    ),
    f"POST {V1}tokens/": Call({"name": "two", "scopes": ["view"]}),
    f"POST {V1}users/": Call({"name": "New", "email": "new@acme.example", "role": "viewer"}),
    f"PATCH {V1}users/{{id}}/": Call({"name": "Renamed"}),
    f"DELETE {V1}users/{{id}}/": Call(
        {}, lambda stage: make_user("gone@acme.example", Role.viewer, stage.tenant).pk
    ),
    f"POST {V1}users/{{id}}/reset-password/": Call(
        {}, lambda stage: make_user("lost@acme.example", Role.viewer, stage.tenant).pk
    ),
    **{f"POST {V1}inventory/{table.route}/": new_row(table.route) for table in TABLES},
    **{f"PATCH {V1}inventory/{route}/{{id}}/": Call(change) for route, change in CHANGE.items()},
    f"PATCH {V1}inventory/servers/{{id}}/": Call(CHANGE["servers"], not_held),
    f"DELETE {V1}inventory/servers/{{id}}/": Call({}, not_held),
}
