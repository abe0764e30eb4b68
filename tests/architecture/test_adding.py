"""Adding one thing touches the files that CONTRIBUTING.md lists for it, and no others."""

import re
from pathlib import Path

import pytest
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import PERMISSIONS, Role
from flows.management.scaffold import NewNode
from flows.sdk import Shape
from flows.services.known_types import list_event_types
from flows.services.payload_checks import PayloadChecks
from inventory.api.viewsets import viewset_for
from inventory.columns import Column, Table, row_id
from tests.support.packages import Packages, node_module

ROOT = Path(__file__).resolve().parents[2]
MOST = {
    "a node": 2,
    "a credential type": 2,
    "an event type": 2,
    "a trigger of a new kind": 4,
    "a table": 3,
    "a page": 4,
    "a route of the API": 4,
    "a role": 2,
}
LISTED = dict(
    re.findall(r"^\| ((?:a|an) [\w ]+) \| (.+) \|$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
)
EVENT_TYPE = """
from flows.sdk import EventType, Shape, event_types

EXAMPLE = EventType("acme.done", "Done", "Done.", "Acme", Shape.object({"id": Shape.integer()}), {"id": 1})
event_types.register(EXAMPLE.name, EXAMPLE, __name__ + ".EXAMPLE")
"""
CREDENTIAL_TYPE = """
from flows.sdk import CredentialFields, CredentialMeta, CredentialType, Secret, credential_type, ui

class Fields(CredentialFields):
    key: Secret = ui(label="Key")

@credential_type
class Acme(CredentialType):
    meta = CredentialMeta("acme-key", "Acme", "key", "Opens Acme.")
    Fields = Fields

    def hosts(self, fields):
        return ["api.example.org"]

    async def test(self, ctx, fields):
        return "It is filled in."
"""
PROGRAM = ("accounts", "flows", "inventory", "actions", "look", "hookflow_site")
DECIDES = re.compile(
    r"\bRole\.(?!platform_admin\b|customer\b|choices\b)[a-z_]+|[\"'](?:flow_editor|viewer)[\"']"
)


@pytest.mark.parametrize("what", MOST)
def test_what_is_listed_is_short_and_there(what: str):
    files = LISTED[what].split(" · ")
    assert len(files) <= MOST[what]
    named = [path for path in re.findall(r"`([\w/]+/[\w.]+\.\w+)`", LISTED[what]) if "rate_limit" not in path]
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_a_node_is_two_files(tmp_path: Path):
    (tmp_path / "actions" / "nodes" / "enrichers").mkdir(parents=True)
    NewNode(tmp_path, "actions", "enricher", "rate-limit").write()
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.py")}
    assert all(path in LISTED["a node"] for path in written)
    assert len(written) == 2


@pytest.mark.django_db
def test_a_node_stands_in_the_palette_by_its_module_alone(packages: Packages, viewer: User):
    packages.install("acme", good=node_module("acme-good"))
    client = APIClient()
    client.force_login(viewer)
    assert "acme-good" in {kind["type"] for kind in client.get("/api/v1/node-types/").json()}


@pytest.mark.django_db
def test_a_credential_type_has_its_form_by_its_module_alone(
    packages: Packages, tenant_admin: User, encryption_key: None
):
    packages.install("acme", "hookflow.credentials", kinds=CREDENTIAL_TYPE)
    client = APIClient()
    client.force_login(tenant_admin)
    form = {"type": "acme-key", "name": "theirs", "values": {"key": "geheim"}}
    answer = client.post("/api/v1/credentials/", form, format="json")
    assert answer.status_code == 201, answer.data
    assert "acme-key" in {kind["type"] for kind in client.get("/api/v1/credential-types/").json()}


@pytest.mark.django_db
def test_an_event_type_is_known_everywhere_by_its_entry_alone(packages: Packages, viewer: User):
    packages.install("acme", "hookflow.event_types", types=EVENT_TYPE)
    assert "acme.done" in {kind.name for kind in list_event_types(Actor.of_user(viewer))}
    assert PayloadChecks().look_up("acme.done", viewer.tenant_id) is not None


@pytest.mark.django_db
def test_a_table_has_its_api_by_its_entry_alone(viewer: User):
    columns = (row_id(), Column("price", "price", Shape.number("The price")))
    table = Table("again", "Again", "again", "inventory.Charge", columns, listed=("id", "price"))
    request = APIRequestFactory().get("/")
    force_authenticate(request, viewer, Actor.of_user(viewer))
    answer = viewset_for(table).as_view({"get": "list"})(request)
    assert (answer.status_code, answer.data["results"]) == (200, [])


def test_every_role_says_what_it_may():
    assert set(PERMISSIONS) == set(Role)


def test_nothing_but_the_table_of_roles_decides_by_a_role():
    sources = [
        path for app in PROGRAM for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
    ]
    found = {str(path.relative_to(ROOT)) for path in sources if DECIDES.search(path.read_text())}
    assert found == {"accounts/roles.py", "inventory/services/demo.py"}
