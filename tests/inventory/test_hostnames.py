"""Hostnames, at every door that writes one."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import User
from common.problems import Problem
from inventory.hostnames import HostnameValidator
from inventory.models import Server
from inventory.services.servers import create_server, set_status, update_server
from tests.inventory.hostnames import HOSTNAMES, NO_HOSTNAMES


@pytest.mark.parametrize("name", HOSTNAMES)
def test_what_rfc_1123_calls_a_hostname_is_one(name: str) -> None:
    HostnameValidator()(name)


@pytest.mark.parametrize("name", NO_HOSTNAMES)
def test_what_it_does_not_is_none(name: str) -> None:
    with pytest.raises(ValidationError):
        HostnameValidator()(name)


@pytest.mark.django_db
@pytest.mark.parametrize("name", NO_HOSTNAMES)
def test_services_refuse_it_and_change_nothing(server: Server, system: Actor, name: str) -> None:
    with pytest.raises(Problem) as refused:
        update_server(server, actor=system, hostname=name)
    assert (refused.value.code, refused.value.field) == ("invalid", "hostname")
    with pytest.raises(Problem):
        create_server(actor=system, user=server.user, vmid=101, hostname=name)
    assert Server.objects.get().hostname == "web-1.example.org"


@pytest.mark.django_db
def test_the_api_and_the_admin_refuse_it(
    server: Server, tenant_admin: User, platform_admin: User, client: Client
) -> None:
    api = APIClient()
    api.force_login(tenant_admin)
    answer = api.patch(f"/api/v1/inventory/servers/{server.pk}/", {"hostname": "a_b"}, format="json")
    assert (answer.status_code, answer.json()["field"]) == (400, "hostname")
    client.force_login(platform_admin)
    page = client.post(f"/admin/inventory/server/{server.pk}/change/", {"hostname": "a_b"})
    assert page.status_code == 200
    assert "letters from a to z" in page.content.decode()
    server.refresh_from_db()
    assert server.hostname == "web-1.example.org"


@pytest.mark.django_db
def test_a_server_from_before_the_rule_can_still_be_stopped(server: Server, system: Actor) -> None:
    Server.objects.update(hostname="old_name")
    server.refresh_from_db()
    assert set_status(server, "stopping", actor=system).status == "stopping"
    with pytest.raises(Problem):
        update_server(server, actor=system, hostname="other_name")
