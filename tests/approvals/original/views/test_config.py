"""System properties and privileges by the original's paths."""

import json

import pytest

from accounts.models import AuditEntry, Tenant, User
from approvals.services.settings import tenant_workflows, workflow_settings
from tests.approvals.original.people import of

ALL = "/api/config/properties"
KIND = "application/vnd.abiquo.systemproperty+json; version=3.10"
ENDPOINT = "client.main.workflowEndPoint"
ENABLED = "client.main.workflowEnabled"
URL = "http://connector.example.org:8080/callback"

pytestmark = pytest.mark.django_db


def told(answer) -> dict[str, str]:
    assert answer.status_code == 200, answer.content
    return {one["name"]: one["value"] for one in answer.json()["collection"]}


def test_they_begin_with_the_original_s_defaults(platform_admin: User):
    assert told(of(platform_admin).get(ALL)) == {
        ENDPOINT: "",
        ENABLED: "0",
        "workflow.connect.timeout": "60000",
        "workflow.read.timeout": "10000",
    }


def test_they_are_found_by_name_and_component(platform_admin: User):
    assert list(told(of(platform_admin).get(f"{ALL}?name={ENABLED}"))) == [ENABLED]
    assert list(told(of(platform_admin).get(f"{ALL}?component=client.main"))) == [ENDPOINT, ENABLED]
    assert told(of(platform_admin).get(f"{ALL}?component=client.mai")) == {}


def test_two_posts_in_this_order_set_the_workflow(platform_admin: User):
    caller = of(platform_admin)
    for name, value in ((ENDPOINT, URL), (ENABLED, "1")):
        answer = caller.post(ALL, json.dumps({"name": name, "value": value}), KIND)
        assert answer.status_code == 200
        assert answer.json()["value"] == value
        assert answer["Content-Type"].startswith("application/vnd.abiquo.systemproperty+json")
    assert (workflow_settings().endpoint, workflow_settings().is_enabled) == (URL, True)
    assert AuditEntry.objects.filter(target="workflow_settings").count() == 2


def test_one_is_put_by_its_own_link(platform_admin: User):
    caller = of(platform_admin)
    one = caller.get(f"{ALL}?name={ENABLED}").json()["collection"][0]
    link = one["links"][0]["href"].removeprefix("http://127.0.0.1:8000")
    answer = caller.put(link, json.dumps({**one, "value": "1"}), KIND)
    assert answer.json()["value"] == "1"
    assert caller.get(link).json()["value"] == "1"


def test_several_are_put_together(platform_admin: User):
    body = {"links": [], "collection": [{"name": ENDPOINT, "value": URL}, {"name": ENABLED, "value": True}]}
    kind = "application/vnd.abiquo.systemproperties+json"
    assert told(of(platform_admin).put(ALL, json.dumps(body), kind))[ENABLED] == "1"


def test_they_are_put_as_xml(platform_admin: User):
    body = f"<systemproperty><name>{ENDPOINT}</name><value>{URL}</value></systemproperty>"
    assert of(platform_admin).put(ALL, body, "application/vnd.abiquo.systemproperty+xml").status_code == 200
    assert workflow_settings().endpoint == URL


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("", "application/json", 400),
        ("{}", "application/json", 400),
        ("[]", "application/json", 400),
        ("{", "application/json", 400),
        ('{"name": "other", "value": "1"}', "application/json", 400),
        (f'{{"name": "{ENABLED}", "value": "2"}}', "application/json", 400),
        (f'{{"name": "{ENABLED}", "value": []}}', "application/json", 400),
        (f'{{"name": "{ENDPOINT}", "value": "file:///etc/passwd"}}', "application/json", 400),
        ('{"name": "workflow.read.timeout", "value": "1"}', "application/json", 400),
        ('{"name": "workflow.read.timeout", "value": "soon"}', "application/json", 400),
        ('{"collection": [1]}', "application/json", 400),
        (f'{{"name": "{ENABLED}", "value": "1"}}', "text/plain", 415),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/xml", 400),
    ],
)
def test_odd_bodies_change_nothing(platform_admin: User, body: str, kind: str, status: int):
    assert of(platform_admin).put(ALL, body, kind).status_code == status
    assert not workflow_settings().is_enabled


def test_a_property_keeps_its_name(platform_admin: User):
    answer = of(platform_admin).put(f"{ALL}/2", json.dumps({"name": ENDPOINT, "value": "1"}))
    assert answer.status_code == 400
    assert of(platform_admin).get(f"{ALL}/9").status_code == 404


def test_a_connector_reads_them_without_the_endpoint(connector: User):
    assert next(iter(told(of(connector).get(ALL)))) == ENABLED
    assert of(connector).get(f"{ALL}/1").status_code == 404


@pytest.mark.parametrize("role", ["connector", "manager", "tenant_admin", "viewer"])
def test_only_admins_of_the_platform_set_them(request: pytest.FixtureRequest, role: str):
    caller = of(request.getfixturevalue(role))
    assert caller.put(ALL, json.dumps({"name": ENABLED, "value": "1"})).status_code == 403


def test_a_tenant_is_read_changed_and_put_back(platform_admin: User, tenant: Tenant):
    caller, path = of(platform_admin), f"/api/admin/enterprises/{tenant.pk}"
    dto = caller.get(path).json()
    assert dto["workflow"] is False
    answer = caller.put(path, json.dumps({**dto, "workflow": True}), "application/vnd.abiquo.enterprise+json")
    assert answer.json()["workflow"] is True
    assert tenant_workflows([tenant]) == {tenant.pk: True}


def test_a_tenant_has_the_link_to_its_tasks(connector: User, enterprise: Tenant):
    told = of(connector).get("/api/admin/enterprises/4328").json()
    link = next(one for one in told["links"] if one["rel"] == "pendingtasks")
    assert link == {
        "rel": "pendingtasks",
        "title": "pending tasks",
        "type": "application/vnd.abiquo.tasks+json",
        "href": "http://127.0.0.1:8000/api/admin/enterprises/4328/action/pendingtasks",
    }


@pytest.mark.parametrize("body", ['{"workflow": "perhaps"}', '{"workflow": 7}', '{"name": "Other"}'])
def test_odd_tenants_change_nothing(platform_admin: User, tenant: Tenant, body: str):
    assert of(platform_admin).put(f"/api/admin/enterprises/{tenant.pk}", body).status_code == 400
    assert tenant_workflows([tenant]) == {tenant.pk: False}


def test_only_admins_of_the_platform_switch_a_tenant(tenant_admin: User, connector: User, enterprise: Tenant):
    own = f"/api/admin/enterprises/{tenant_admin.tenant_id}"
    assert of(tenant_admin).put(own, '{"workflow": true}').status_code == 403
    assert of(connector).put("/api/admin/enterprises/4328", '{"workflow": false}').status_code == 403


def test_privileges_have_fixed_ids(viewer: User):
    found = {one["name"]: one["id"] for one in of(viewer).get("/api/config/privileges").json()["collection"]}
    assert (found["AUTHENTICATED"], found["WORKFLOW_OVERRIDE"]) == (1, 2)
    assert of(viewer).get("/api/config/privileges/2").json()["name"] == "WORKFLOW_OVERRIDE"
    assert of(viewer).get("/api/config/privileges/99").status_code == 404
