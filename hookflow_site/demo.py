"""The demo platform: what a new local installation shows to look at."""

import json
from pathlib import Path

from django.db import transaction

from accounts.actors import Actor
from accounts.models import PlatformSettings, Tenant
from accounts.services import platform
from accounts.services.platform import Flag
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
    if platform.is_on(Flag.demo):
        return
    tenant = inventory_demo.load()
    if tenant is None:
        return
    system = Actor.system()
    platform.set_flag(system, Flag.demo, is_on=True)
    platform.update(system, {"egress_allowed_networks": LOOPBACK})
    load_flows(tenant)


@transaction.atomic
def end() -> None:
    """Take back the permission to reach this machine; the rows stay, as ordinary ones."""
    if not platform.is_on(Flag.demo):
        return
    system = Actor.system()
    platform.set_flag(system, Flag.demo, is_on=False)
    allowed = PlatformSettings.load().egress_allowed_networks
    platform.update(
        system, {"egress_allowed_networks": [network for network in allowed if network not in LOOPBACK]}
    )


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
        publish(actor=actor, flow=flow, revision=flow.draft_revision, comment="Demo", is_enabled=True)
