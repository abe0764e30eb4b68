"""The pages of policies, groups, calendars and delegations."""

import pytest
from django.test import Client

from accounts.roles import Role
from approvals.models import BusinessCalendar, Delegation, Policy, ReviewGroup
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(tenant):
    return make_user("ann@acme.example", Role.viewer, tenant)


@pytest.fixture
def boss(tenant_admin):
    client = Client()
    client.force_login(tenant_admin)
    return client


WHOLE = {"name": "Big changes", "nobody_to_ask": "cancel", "four_eyes": "on", "delegates": "on"}


def level(prefix, reviewers, **more):
    values = {"approval": "any", "rejection": "any", "unit": "hours", "then": "cancel", **more}
    return {f"{prefix}-{name}": value for name, value in {"reviewers": reviewers, **values}.items()}


def one_stage(ann, **more):
    return {**WHOLE, "shape": "1", "s0-name": "Only", **level("s0l0", [f"user:{ann.pk}"], **more)}


def page(answer):
    return answer.content.decode()


def test_a_policy_is_made_and_changed_by_its_form(boss, ann):
    more = {"amount": "2", "unit": "days", "then": "fail", "reminders": "30m, 4h"}
    made = boss.post("/policies/new/", one_stage(ann, approval="count", approval_number="2", **more))
    assert made.status_code == 302, page(made)
    policy = Policy.objects.get()
    [stage] = policy.document["stages"]
    assert stage["levels"][0]["deadline"] == {"after": {"minutes": 2880, "clock": "wall"}, "then": "fail"}
    assert [one["minutes"] for one in stage["levels"][0]["reminders"]] == [30, 240]
    assert (policy.document["four_eyes"], policy.document["overruling"]) == (True, False)
    shown = page(boss.get(f"/policies/{policy.pk}/"))
    assert 'value="30m, 4h"' in shown
    assert "If it is not decided within 2 days, the task expires." in shown
    boss.post(f"/policies/{policy.pk}/", one_stage(ann))
    policy.refresh_from_db()
    assert (policy.version, policy.document["stages"][0]["levels"][0]["deadline"]) == (2, None)


def test_what_the_form_shows_is_what_it_saves(boss, ann):
    boss.post(
        "/policies/new/", one_stage(ann, approval="percent", approval_number="60", paths="owner.id, a.b")
    )
    policy = Policy.objects.get()
    before, form = policy.document, boss.get(f"/policies/{policy.pk}/").context
    whole = {name: value for name, value in form["form"].initial.items() if value}
    data = {"shape": form["shape"], "s0-name": "Only", **whole}
    values = form["stages"][0]["levels"][0].initial
    data |= {f"s0l0-{name}": value for name, value in values.items() if value is not None}
    assert boss.post(f"/policies/{policy.pk}/", data).status_code == 302
    policy.refresh_from_db()
    assert (policy.document, policy.version) == (before, 1)


def two_stages(ann):
    second = level("s1l0", [], paths="owner.id")
    return {**one_stage(ann), "shape": "1,1", "s1-name": "Later", **second}


def names(answer):
    return [stage["name"] for stage in answer.context["stages"]]


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("add-stage", ["Only", "Later", ""]),
        ("up-stage-1", ["Later", "Only"]),
        ("down-stage-0", ["Later", "Only"]),
        ("remove-stage-0", ["Later"]),
        ("up-stage-0", ["Only", "Later"]),
        ("remove-stage-9", ["Only", "Later"]),
        ("dance", ["Only", "Later"]),
    ],
)
def test_stages_are_added_moved_and_taken_away(boss, ann, do, expected):
    answer = boss.post("/policies/new/", {**two_stages(ann), "do": do})
    assert names(answer) == expected
    assert not Policy.objects.exists()


def test_a_moved_stage_keeps_what_stands_in_it(boss, ann):
    answer = boss.post("/policies/new/", {**two_stages(ann), "do": "up-stage-1"})
    [moved, kept] = (stage["levels"][0].initial for stage in answer.context["stages"])
    assert (moved["paths"], kept["reviewers"]) == ("owner.id", [f"user:{ann.pk}"])


def test_a_level_is_added_and_taken_away(boss, ann):
    grown = boss.post("/policies/new/", {**one_stage(ann), "do": "add-level-0"})
    assert grown.context["shape"] == "2"
    data = {**one_stage(ann), "shape": "2", **level("s0l1", []), "do": "remove-level-0-1"}
    assert boss.post("/policies/new/", data).context["shape"] == "1"


@pytest.mark.parametrize("shape", ["", "x", "0", "-1", "9999999999,1", "1," * 5000])
def test_a_shape_that_no_form_has_is_no_harm(boss, ann, shape):
    answer = boss.post("/policies/new/", {**one_stage(ann), "shape": shape, "do": "add-stage"})
    assert answer.status_code == 200
    assert len(answer.context["stages"]) <= 11


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "This field is required."),
        ({"s0l0-reviewers": []}, "Choose somebody, or name a field of the record."),
        ({"s0l0-reviewers": ["user:999999"]}, "is not one of the available choices"),
        ({"s0l0-reminders": "soon"}, "Write times such as 30m, 4h, 1d or 6bh."),
        ({"s0l0-approval": "count"}, "A number goes with count and percent"),
        ({"s0l0-amount": "5", "s0l0-then": "escalate"}, "The last level has nobody to escalate to"),
        ({"s0l0-amount": "5", "s0l0-unit": "business"}, "Business hours need a calendar"),
        ({"s0l0-paths": "__class__"}, "two underscores"),
    ],
)
def test_what_cannot_be_meant_is_told_in_the_form(boss, ann, change, message):
    answer = boss.post("/policies/new/", {**one_stage(ann), **change})
    assert answer.status_code == 200
    assert message in page(answer)
    assert not Policy.objects.exists()


def test_the_preview_tries_answers_and_saves_nothing(boss, ann):
    tried = {"try0-user": str(ann.pk), "try0-kind": "cancel", "try0-minutes": "5"}
    shown = page(boss.post("/policies/new/", {**one_stage(ann), "do": "preview", **tried}))
    assert "ann says cancel" in shown
    assert "Cancelled. Reviewers said cancel, and the policy makes that final." in shown
    assert not Policy.objects.exists()


def test_what_follows_each_change_is_the_preview_alone(boss, ann):
    shown = page(
        boss.post("/policies/new/", {**one_stage(ann), "do": "preview"}, headers={"HX-Request": "true"})
    )
    assert "Any one of them continues it" in shown
    assert "s0l0-reviewers" not in shown


def test_a_policy_that_nobody_can_decide_is_marked(boss, tenant):
    boss.post("/review-groups/new/", {"name": "Empty"})
    group = ReviewGroup.objects.get()
    data = {**WHOLE, "shape": "1", **level("s0l0", [f"group:{group.pk}"])}
    assert boss.post("/policies/new/", data).status_code == 302
    assert "Cannot always decide" in page(boss.get("/policies/"))


def test_the_platform_chooses_the_owner_and_its_people(platform_admin, tenant, ann):
    client = Client()
    client.force_login(platform_admin)
    data = {**one_stage(ann), "tenant": str(tenant.pk)}
    assert f"user:{ann.pk}" in page(client.post("/policies/new/", {**data, "do": "owner"}))
    assert client.post("/policies/new/", data).status_code == 302
    assert Policy.objects.get().tenant == tenant


def test_a_group_is_made_changed_and_deleted(boss, ann):
    boss.post("/review-groups/new/", {"name": "Network", "members": [ann.pk]})
    group = ReviewGroup.objects.get()
    assert list(group.members.all()) == [ann]
    boss.post(f"/review-groups/{group.pk}/", {"name": "Net", "members": []})
    group.refresh_from_db()
    assert (group.name, group.members.count()) == ("Net", 0)
    boss.post(f"/review-groups/{group.pk}/delete/")
    assert not ReviewGroup.objects.exists()


def test_a_calendar_takes_hours_as_people_write_them(boss):
    data = {"name": "Office", "zone": "Europe/Berlin", "holidays": "2026-12-25\n2026-12-26"}
    data["monday"] = "09:00-12:30, 13:30-18:00"
    assert boss.post("/calendars/new/", data).status_code == 302
    calendar = BusinessCalendar.objects.get()
    assert calendar.week[:2] == [[[540, 750], [810, 1080]], []]
    assert "09:00-12:30, 13:30-18:00" in page(boss.get(f"/calendars/{calendar.pk}/"))
    refused = boss.post(f"/calendars/{calendar.pk}/", {**data, "monday": "nine to five"})
    assert "Write hours such as" in page(refused)
    assert "There is no such time zone." in page(
        boss.post(f"/calendars/{calendar.pk}/", {**data, "zone": "Mars"})
    )


def test_a_person_says_who_stands_in_and_ends_it(ann, tenant_admin):
    client = Client()
    client.force_login(ann)
    data = {"delegate": tenant_admin.pk, "start": "2026-11-01T08:00", "until": "2099-01-01T08:00"}
    assert "At most 366 days." in page(client.post("/delegations/", data))
    assert client.post("/delegations/", {**data, "start": "2098-12-01T08:00"}).status_code == 302
    made = Delegation.objects.get()
    assert (made.owner, made.delegate) == (ann, tenant_admin)
    client.post(f"/delegations/{made.pk}/end/")
    made.refresh_from_db()
    assert made.until == made.start
    assert 'name="owner"' not in page(client.get("/delegations/"))


def test_the_own_account_leads_to_out_of_office(boss):
    assert "/delegations/" in page(boss.get("/profile/"))
