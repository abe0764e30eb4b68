"""The demo platform."""

import pytest
from django.apps import apps

from accounts.actors import Actor
from accounts.models import User
from flows.models import Event
from inventory.models import InventoryRow, ProxmoxNode, Server
from inventory.services.demo import load
from inventory.services.ipam import Family, Wish, allocate
from inventory.services.payloads import server_payload


@pytest.fixture
def local(settings: object) -> None:
    settings.IS_LOCAL_DEMO = True  # type: ignore[attr-defined]


@pytest.mark.usefixtures("local", "db")
def test_every_row_of_the_demo_is_marked_and_valid() -> None:
    tenant = load()
    assert tenant is not None
    assert Server.objects.count() == 6
    for model in apps.get_app_config("inventory").get_models():
        if issubclass(model, InventoryRow) and model is not ProxmoxNode:
            # A demo has no Proxmox VE: with such a row its servers would be changed in one that is not there.
            rows = list(model.objects.all())  # type: ignore[attr-defined]
            assert rows, f"the demo has no {model.__name__}"
            for row in rows:
                assert row.is_demo
                row.full_clean()
    assert not Event.objects.exists()
    assert server_payload(Server.objects.get(vmid=1001))["ip"] == "198.51.100.11"
    assert not any(user.has_usable_password() for user in User.objects.all())


@pytest.mark.usefixtures("local", "db")
def test_loading_twice_is_the_same_as_once() -> None:
    assert load() == load()
    assert Server.objects.count() == 6


@pytest.mark.usefixtures("local", "db")
def test_the_demo_has_addresses_to_give() -> None:
    tenant = load()
    assert tenant is not None
    actor = Actor.system(tenant.pk)
    assert allocate(Wish(Family.ipv4, node="pve1"), actor=actor)["ip"] == "198.51.100.10"
    assert allocate(Wish(Family.ipv4), actor=actor)["ip"] == "192.0.2.10"
    assert allocate(Wish(Family.ipv6), actor=actor)["ip"] == "2001:db8:10:7::"


@pytest.mark.django_db
def test_nothing_is_made_where_customers_are() -> None:
    assert load() is None
    assert not Server.objects.exists()
