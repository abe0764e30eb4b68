"""The demo platform: what a new local installation shows to look at."""

import json
from pathlib import Path

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Tenant
from accounts.services import platform
from flows.models import Flow
from flows.services.flows import create_flow, read_or_refuse
from flows.services.versions import publish
from inventory.services import demo as inventory_demo

FLOWS = Path(__file__).resolve().parent / "demo_flows"
LOOPBACK = ["127.0.0.0/8", "::1/128"]


@transaction.atomic
def load() -> None:
    """Tenant, users, servers, address pools and flows, all marked; flows may then reach this machine itself.

    A second call changes nothing, and so leaves alone what a person changed since.
    """
    tenant = inventory_demo.load()
    if tenant is None or Flow.objects.filter(tenant=tenant, is_demo=True).exists():
        return
    system = Actor.system()
    platform.update(system, {"egress_allowed_networks": LOOPBACK, "flags": {"demo": True}})
    load_flows(tenant)


def load_flows(tenant: Tenant) -> None:
    """Every drawing of the folder, published, as flows of the demo's tenant."""
    actor = Actor.system(tenant.pk)
    for path in sorted(FLOWS.glob("*.json")):
        document = read_or_refuse(json.loads(path.read_text()))
        flow = create_flow(
            actor=actor,
            name=document.name,
            description=document.description,
            document=document,
            is_demo=True,
        )
        publish(actor=actor, flow=flow, revision=flow.draft_revision, comment="Demo")
