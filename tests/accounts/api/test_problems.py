"""Every error is a problem document."""

import pytest

from accounts.models import User

JSON = "application/json"


def test_a_stranger_gets_401_with_a_problem(api, db):
    answer = api(None).get("/api/v1/users/")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == "not_authenticated"


def test_foreign_and_unknown_ids_look_the_same(api, tenant_admin: User, outsider_admin: User):
    client = api(tenant_admin)
    foreign = client.get(f"/api/v1/users/{outsider_admin.pk}/")
    unknown = client.get("/api/v1/users/987654/")
    odd = client.get("/api/v1/users/x'--/")
    huge = client.get(f"/api/v1/users/{10**40}/")
    assert foreign.status_code == unknown.status_code == odd.status_code == huge.status_code == 404
    assert foreign.content == unknown.content == odd.content == huge.content


def test_an_unknown_route_of_the_api_is_a_problem(api, platform_admin: User):
    answer = api(platform_admin).get("/api/v1/nothing/")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_a_wrong_method_is_405(api, platform_admin: User):
    assert api(platform_admin).put("/api/v1/users/", {}).json()["code"] == "method_not_allowed"
    assert api(platform_admin).options("/api/v1/users/").status_code == 405
    assert api(platform_admin).post("/api/v1/me/", {}).status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"name": "a", "name": "b"}',
        b'{"name": "\\ud800"}',
        b'{"name": "a\\u0000"}',
        b"[" * 100 + b"]" * 100,
        b'{"name": NaN}',
        b"\xff\xfe",
        b"",
        b"[]",
        b"null",
        b'"text"',
    ],
)
def test_odd_json_is_400(api, platform_admin: User, body: bytes):
    client = api(platform_admin)
    answer = client.generic("POST", "/api/v1/tenants/", body, content_type=JSON)
    assert answer.status_code == 400
    assert answer.json()["status"] == 400
    assert client.get("/api/v1/tenants/").status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_other_media_types_are_415(api, platform_admin: User, kind: str):
    answer = api(platform_admin).generic("POST", "/api/v1/tenants/", b"name=x", content_type=kind)
    assert answer.status_code == 415


def test_errors_name_their_fields(api, platform_admin: User):
    answer = api(platform_admin).post("/api/v1/users/", {"email": "no", "nmae": "x"})
    body = answer.json()
    assert answer.status_code == 400
    assert body["code"] == "invalid"
    assert {error["field"] for error in body["errors"]} == {"nmae"}
    answer = api(platform_admin).post("/api/v1/users/", {"email": "no"})
    assert {(e["field"], e["code"]) for e in answer.json()["errors"]} == {
        ("email", "invalid"),
        ("name", "required"),
    }


def test_html_is_not_served(api, platform_admin: User):
    answer = api(platform_admin).get("/api/v1/me/", headers={"Accept": "text/html"})
    assert answer.status_code == 406
    assert answer["Content-Type"].startswith("application/")


@pytest.mark.parametrize("query", ["q=%00", "cursor=%00", "cursor=abc", "cursor=cD1hYmM%3D", "page_size=x"])
def test_odd_queries_are_400(api, platform_admin: User, query: str):
    answer = api(platform_admin).get(f"/api/v1/users/?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_the_client_cannot_order_by_columns(api, platform_admin: User, tenant_admin: User):
    client = api(platform_admin)
    assert client.get("/api/v1/users/?ordering=password").json() == client.get("/api/v1/users/").json()
