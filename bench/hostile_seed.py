"""`python -m bench.hostile_seed`: two tenants, one of which means harm. Prints their tokens as JSON."""

import json
import sys
from typing import Any

import django

django.setup()

from accounts.actors import Actor  # noqa: E402  # models are ready only now
from accounts.models import Tenant, User  # noqa: E402
from accounts.roles import Permission, Role  # noqa: E402
from accounts.services import tokens  # noqa: E402
from bench.hostile_attacks import COSTLY_PATTERN, FIELDS, WIDE_TYPE, doubling_drawing  # noqa: E402
from bench.load import make_event  # noqa: E402
from bench.systems.hookflow import EVENT_TYPE  # noqa: E402
from flows.services.event_types import define  # noqa: E402
from flows.services.flows import create_flow, read_or_refuse  # noqa: E402
from tests.support.flows import line, published  # noqa: E402

CONDITIONS = 20


def main() -> None:
    """Seed, and print what the measurement needs."""
    victim, attacker = _editor("victim"), _editor("attacker")
    for actor in (victim, attacker):
        define(actor=actor, name=EVENT_TYPE, label="Bench event", example=make_event(0))
    sleep = ("s", "sleep", {"duration": "5s"})
    published(line(("t", "event", {"event": EVENT_TYPE}), sleep), victim)
    define(actor=attacker, name=WIDE_TYPE, label="Wide", schema=_wide_schema())
    for _ in range(CONDITIONS):
        condition = {"field": "name", "operation": "matches", "value": COSTLY_PATTERN}
        published(line(("t", "event", {"event": EVENT_TYPE, "condition": condition}), sleep), attacker)
    flow = create_flow(actor=attacker, name="Doubling", document=read_or_refuse(doubling_drawing(4)))
    made = {"victim": _token(victim), "attacker": _token(attacker), "flow": str(flow.id)}
    sys.stdout.write(json.dumps(made) + "\n")


def _editor(name: str) -> Actor:
    tenant = Tenant.objects.create(name=name, slug=name)
    user = User.objects.create(tenant=tenant, name=name, email=f"{name}@bench.example", role=Role.flow_editor)
    return Actor.of_user(user)


def _token(actor: Actor) -> str:
    scopes = [
        Permission.view,
        Permission.send_events,
        Permission.edit_flows,
        Permission.run_flows,
        Permission.publish_flows,
    ]
    return tokens.create(actor, name="bench", scopes=scopes)[1]


def _wide_schema() -> dict[str, Any]:
    alternatives = [{"type": "string", "minLength": n} for n in range(FIELDS)]
    return {"type": "object", "properties": {"list": {"items": {"anyOf": alternatives}}}}


if __name__ == "__main__":
    main()
