"""Flows of the platform's events and nodes, from the change that starts them to their end."""

from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from common.redact import MASK
from flows.models import Run
from flows.services.drafting import try_out, validate
from flows.services.flows import read_or_refuse
from flows.services.samples import Sample
from inventory.event_types import SERVER_SAMPLE
from inventory.models import IPv4Address, IPv4Range, Server, Tag, Ticket
from inventory.services.servers import create_server
from inventory.services.tags import assign
from tests.support.flows import line, published, run_to_rest

NODES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("t", "event", {"event": "server.created"}),
    (
        "owner",
        "default-enricher",
        {"table": "user", "input_field": "userid", "join_field": "id", "as_field": "owner"},
    ),
    ("tags", "load-tags", {"resource_type": "user", "input_field": "owner.id", "as_field": "owner.tags"}),
    (
        "ip",
        "ipam",
        {"family": "ipv4", "node": "{{ node }}", "user_id": "{{ userid }}", "as_field": "address"},
    ),
    (
        "assign",
        "modify-server",
        {
            "server_id": "{{ id }}",
            "component": "network",
            "network_action": "assign-ipv4",
            "ipv4_id": "{{ address.id }}",
        },
    ),
    (
        "ticket",
        "create-ticket",
        {
            "title": "Welcome {{ owner.username }}",
            "creator_id": "{{ userid }}",
            "content": "{{ hostname }} has {{ address.ip }}. {{ owner.password }}",
            "as_field": "ticket",
        },
    ),
)


@pytest.mark.django_db
def test_the_compiler_knows_every_field_of_the_nodes() -> None:
    assert validate(read_or_refuse(line(*NODES)), None).problems == ()


@pytest.mark.django_db
def test_a_secret_column_and_a_wrong_column_are_problems_of_the_drawing() -> None:
    for column in ("password", "nickname"):
        config = {**NODES[1][2], "join_field": column}
        found = validate(read_or_refuse(line(NODES[0], ("owner", "default-enricher", config))), None)
        (problem,) = found.problems
        assert (problem.node, problem.field) == ("owner", "join_field")


@pytest.mark.django_db
def test_a_dry_run_shows_all_steps_and_changes_nothing(server: Server) -> None:
    payload = {**SERVER_SAMPLE, "id": server.pk, "userid": server.user_id}
    tried = try_out(read_or_refuse(line(*NODES)), server.tenant_id, Sample("A server", payload))
    assert [(step.node, step.error) for step in tried.steps] == [(node[0], None) for node in NODES]
    assert tried.steps[1].output["owner"]["username"] == "grace"
    assert not Ticket.objects.exists()
    assert not IPv4Address.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_new_server_gets_an_address_and_its_owner_a_ticket(
    tenant: Tenant, customer: User, pool: IPv4Range, system: Actor
) -> None:
    published(line(*NODES))
    tag = Tag.objects.create(tenant=tenant, name="vip")
    assign(tag, actor=system, resource_type="user", resource_id=customer.pk)
    server = create_server(actor=system, user=customer, vmid=101, hostname="a.example.org", node="pve1")
    run = run_to_rest(Run.objects.get())
    assert (run.status, run.tenant_id, run.error) == ("succeeded", tenant.pk, None)
    server.refresh_from_db()
    assert server.ip is not None
    assert server.ip.ip == "192.0.2.2"
    ticket = Ticket.objects.get()
    assert (ticket.title, ticket.creator) == ("Welcome grace", customer)
    assert ticket.messages.get().content == f"a.example.org has 192.0.2.2. {MASK}"


@pytest.mark.django_db(transaction=True)
def test_an_exhausted_pool_fails_the_run_with_its_code(customer: User, system: Actor) -> None:
    published(line(NODES[0], NODES[3]))
    create_server(actor=system, user=customer, vmid=101, hostname="a.example.org")
    run = run_to_rest(Run.objects.get())
    assert run.status == "failed"
    assert (run.error["code"], run.error["node"]) == ("pool_exhausted", "ip")
