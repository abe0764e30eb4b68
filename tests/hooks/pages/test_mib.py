"""The MIB is served, and tells what is sent."""

import re

import pytest
from django.test import Client

from hooks.pages.mib import MIB
from hooks.services.traps import MIB_NAME, NOTIFICATIONS, OBJECTS, ROOT

TEXT = MIB.read_text()
BRANCHES = {"cloudify1MgrNotifications": f"{ROOT}.0", "cloudify1Properties": f"{ROOT}.1"}


def defined(kind: str) -> dict[str, str]:
    """The OIDs of a kind of definition, with their names."""
    found = re.findall(rf"^(\w+) {kind}$.*?::= {{ (\w+) (\d+) }}", TEXT, re.MULTILINE | re.DOTALL)
    return {f"{BRANCHES[branch]}.{number}": name for name, branch, number in found}


def test_names_and_oids_are_those_that_are_sent():
    assert defined("OBJECT-TYPE") == OBJECTS
    assert defined("NOTIFICATION-TYPE") == dict(NOTIFICATIONS.values())
    assert TEXT.startswith(f"{MIB_NAME} DEFINITIONS ::= BEGIN")
    assert MIB.stem == MIB_NAME


@pytest.mark.django_db
def test_who_may_look_gets_it_as_a_file(tenant_admin):
    client = Client()
    client.force_login(tenant_admin)
    answer = client.get("/settings/hooks/CLOUDIFY-MIB.mib")
    assert answer.content == MIB.read_bytes()
    assert answer["Content-Disposition"] == 'attachment; filename="CLOUDIFY-MIB.mib"'
