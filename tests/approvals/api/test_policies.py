"""Policies, groups, calendars and delegations over the API."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml

from accounts.models import AuditEntry, Tenant
from accounts.roles import Role
from approvals.models import BusinessCalendar, Policy, ReviewGroup
from scripts.shell import ROOT
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
POLICIES, GROUPS, CALENDARS = "/api/v1/policies/", "/api/v1/review-groups/", "/api/v1/calendars/"
DELEGATIONS = "/api/v1/delegations/"


@pytest.fixture
def boss(api, tenant_admin):
    return api(tenant_admin)


@pytest.fixture
def ann(tenant):
    return make_user("ann@acme.example", Role.viewer, tenant)


def document(*reviewers, **level):
    return {"stages": [{"levels": [{"reviewers": list(reviewers), **level}]}]}


def asks(user):
    return {"kind": "user", "id": user.pk}


def verbs(target):
    return list(AuditEntry.objects.filter(target=target).order_by("id").values_list("verb", flat=True))


def test_a_policy_is_made_read_changed_and_taken_away(boss, ann):
    made = boss.post(POLICIES, {"name": "Big changes", "document": document(asks(ann))})
    assert made.status_code == 201, made.content
    url = f"{POLICIES}{made.json()['id']}/"
    assert boss.get(url).json() == made.json()
    changed = boss.patch(url, {"document": document(asks(ann), approval={"kind": "all"})}).json()
    assert changed["version"] == 2
    assert changed["document"]["stages"][0]["levels"][0]["approval"] == {"kind": "all", "number": None}
    assert boss.patch(url, {"description": "For all"}).json()["version"] == 2
    assert boss.delete(url).status_code == 204
    assert verbs("policy") == ["created", "updated", "updated", "deleted"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": " "}, None, "name"),
        ({"document": {"stages": []}}, "bad_policy", "document.stages"),
        ({"document": document({"kind": "user", "id": 99999})}, "unknown_reviewer", "document"),
        ({"document": document({"kind": "group", "id": 1})}, "unknown_reviewer", "document"),
        ({"document": document({"kind": "user", "id": 2**70})}, None, None),
        ({"colour": "red"}, None, "colour"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(boss, ann, change, code, field):
    answer = boss.post(POLICIES, {"name": "Mine", "document": document(asks(ann)), **change})
    assert answer.status_code == 400, answer.content
    assert code in (None, answer.json()["code"])
    assert field in (None, answer.json()["field"])
    assert not Policy.objects.exists()


def test_business_hours_need_a_calendar_in_reach(boss, ann):
    limit = {"after": {"minutes": 60, "clock": "business"}, "then": "cancel"}
    foreign = Tenant.objects.create(name="Far", slug="far")
    now = datetime.now(UTC)
    calendar = BusinessCalendar.objects.create(tenant=foreign, name="Far", created_at=now, updated_at=now)
    body = {"name": "P", "document": {**document(asks(ann), deadline=limit), "calendar": calendar.pk}}
    assert boss.post(POLICIES, body).json()["code"] == "unknown_calendar"
    BusinessCalendar.objects.update(tenant=None)
    assert boss.post(POLICIES, body).status_code == 201


def test_a_name_is_taken_once(boss, ann):
    body = {"name": "Mine", "document": document(asks(ann))}
    assert boss.post(POLICIES, body).status_code == 201
    assert boss.post(POLICIES, body).json()["code"] == "name_taken"


def test_one_policy_is_for_operations(boss, ann):
    body = {"document": document(asks(ann)), "is_for_operations": True}
    for name in ("One", "Two"):
        assert boss.post(POLICIES, {"name": name, **body}).status_code == 201
    assert list(Policy.objects.filter(is_for_operations=True).values_list("name", flat=True)) == ["Two"]


def test_somebody_of_another_tenant_cannot_be_named(boss):
    stranger = make_user("x@far.example", Role.viewer, Tenant.objects.create(name="Far", slug="far"))
    made = boss.post(POLICIES, {"name": "Mine", "document": document(asks(stranger))})
    assert made.json()["code"] == "unknown_reviewer"
    assert boss.post(GROUPS, {"name": "Mine", "members": [stranger.pk]}).status_code == 400


def test_a_customer_is_no_member_of_a_group(boss, tenant):
    customer = make_user("c@acme.example", Role.customer, tenant)
    assert boss.post(GROUPS, {"name": "Mine", "members": [customer.pk]}).json()["code"] == "unknown_user"
    assert not ReviewGroup.objects.exists()


def test_a_group_that_a_policy_asks_stays(boss, ann):
    group = boss.post(GROUPS, {"name": "Network", "members": [ann.pk]}).json()
    policy = boss.post(
        POLICIES, {"name": "P", "document": document({"kind": "group", "id": group["id"]})}
    ).json()
    refused = boss.delete(f"{GROUPS}{group['id']}/")
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert boss.delete(f"{POLICIES}{policy['id']}/").status_code == 204
    assert boss.delete(f"{GROUPS}{group['id']}/").status_code == 204
    assert verbs("review_group") == ["created", "deleted"]


def test_a_calendar_is_nine_to_five_until_somebody_says_otherwise(boss):
    made = boss.post(CALENDARS, {"name": "Office", "zone": "Europe/Berlin"}).json()
    assert made["week"][0] == [[540, 1020]]
    url = f"{CALENDARS}{made['id']}/"
    assert boss.patch(url, {"holidays": ["2026-12-25"]}).json()["holidays"] == ["2026-12-25"]
    assert boss.patch(url, {"week": [[[0, 2000]]] * 7}).json()["code"] == "bad_hours"
    assert boss.patch(url, {"zone": "Mars"}).json()["field"] == "zone"


def test_the_platforms_calendars_are_read_and_not_changed(boss):
    now = datetime.now(UTC)
    row = BusinessCalendar.objects.create(name="Common", created_at=now, updated_at=now, week=[[]] * 7)
    assert [one["name"] for one in boss.get(CALENDARS).json()["results"]] == ["Common"]
    assert boss.patch(f"{CALENDARS}{row.pk}/", {"name": "Mine"}).status_code == 403
    assert boss.delete(f"{CALENDARS}{row.pk}/").status_code == 403


def times(**more):
    now = datetime.now(UTC)
    return {"start": now.isoformat(), "until": (now + timedelta(days=3)).isoformat(), **more}


def test_a_person_says_who_stands_in_and_ends_it(api, boss, ann, tenant_admin):
    client = api(ann)
    made = client.post(DELEGATIONS, times(delegate=tenant_admin.pk, reason="Holidays"))
    assert made.status_code == 201, made.content
    assert (made.json()["owner"], made.json()["reason"]) == (ann.pk, "Holidays")
    ended = client.post(f"{DELEGATIONS}{made.json()['id']}/end/").json()
    assert ended["until"] < made.json()["until"]
    assert client.post(f"{DELEGATIONS}{made.json()['id']}/end/").json()["until"] == ended["until"]
    assert verbs("delegation") == ["created", "ended"]


def test_nobody_says_who_stands_in_for_others(api, boss, ann, tenant_admin, tenant):
    ben = make_user("ben@acme.example", Role.viewer, tenant)
    body = times(owner=tenant_admin.pk, delegate=ben.pk)
    assert api(ann).post(DELEGATIONS, body).status_code == 403
    made = boss.post(DELEGATIONS, times(owner=ben.pk, delegate=ann.pk))
    assert made.status_code == 201
    assert api(ann).post(f"{DELEGATIONS}{made.json()['id']}/end/").status_code == 403


def test_two_people_cannot_stand_in_for_one_another(api, ann, tenant):
    ben, cay = (make_user(f"{name}@acme.example", Role.viewer, tenant) for name in ("ben", "cay"))
    assert api(ann).post(DELEGATIONS, times(delegate=ben.pk)).status_code == 201
    assert api(ben).post(DELEGATIONS, times(delegate=cay.pk)).status_code == 201
    assert api(cay).post(DELEGATIONS, times(delegate=ann.pk)).json()["code"] == "delegation_cycle"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"until": "2020-01-01T00:00:00Z"}, "bad_time"),
        ({"until": "2090-01-01T00:00:00Z"}, "bad_time"),
        ({"delegate": "me"}, "unknown_user"),
    ],
)
def test_a_delegation_that_cannot_be_meant_is_refused(api, ann, tenant_admin, change, code):
    if change.get("delegate") == "me":
        change = {"delegate": ann.pk}
    refused = api(ann).post(DELEGATIONS, times(**{"delegate": tenant_admin.pk, **change}))
    assert (refused.status_code, refused.json()["code"]) == (400, code)


def test_a_preview_tells_what_a_policy_means_and_what_answers_do(boss, ann, tenant):
    ben = make_user("ben@acme.example", Role.viewer, tenant)
    body = {
        "document": document(
            asks(ann),
            asks(ben),
            approval={"kind": "all"},
            reminders=[{"minutes": 30}],
            deadline={"after": {"minutes": 60}, "then": "fail"},
        ),
        "answers": [
            {"user": ann.pk, "kind": "continue", "minutes": 5},
            {"user": ann.pk, "kind": "continue", "minutes": 6},
        ],
    }
    found = boss.post(f"{POLICIES}preview/", body).json()
    assert [(one["minutes"], one["said"], one["state"]) for one in found["steps"]] == [
        (0, "It is held", "pending"),
        (5, "ann says continue", "pending"),
        (6, "ann says continue", "pending"),
        (30, "A reminder", "pending"),
        (60, "The time is up", "expired"),
    ]
    assert found["steps"][2]["refused"] == "You have answered in this stage; one person answers once."
    assert found["steps"][1]["text"] == "Stage 1 waits for ben."
    assert (
        found["sentences"][1]
        == "Ann and ben are asked. It is continued when all of them say so; any one cancels it."
    )
    assert found["problems"] == []
    assert not Policy.objects.exists()


def test_a_preview_shows_that_nobody_is_left_to_ask(boss):
    group = boss.post(GROUPS, {"name": "Empty"}).json()
    body = {"document": document({"kind": "group", "id": group["id"]})}
    found = boss.post(f"{POLICIES}preview/", body).json()
    assert [one["code"] for one in found["problems"]] == ["nobody_to_ask"]
    assert found["steps"][-1]["text"] == "Cancelled. The policy names nobody who could be asked."


def test_a_field_of_the_record_is_tried_with_a_stand_in(boss):
    body = {
        "document": document({"kind": "field", "path": "owner.id"}),
        "answers": [{"user": -1, "kind": "continue"}],
    }
    found = boss.post(f"{POLICIES}preview/", body).json()
    assert found["people"] == {"-1": "whoever owner.id names"}
    assert found["steps"][-1]["state"] == "continued"


def test_the_document_of_a_policy_is_described_part_by_part():
    document = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())["components"]["schemas"]
    assert document["PolicyDocument"]["properties"]["stages"]["items"]["$ref"].endswith("/PolicyStage")
    assert document["PolicyLevel"]["properties"]["approval"]["$ref"].endswith("/PolicyApproval")
    assert "count" in document["PolicyApproval"]["properties"]["kind"]["enum"]
