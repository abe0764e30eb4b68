"""Credentials are made, changed and deleted by who may, and their secrets are written only."""

from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, User
from actions.models import Credential, CredentialSecret
from actions.services import credentials
from actions.services.credential_store import CredentialStore
from common.problems import Problem
from flows.services.flows import create_flow, read_or_refuse
from tests.support.credentials import CANARY
from tests.support.flows import line, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api_type", "encryption_key")]

STORE = CredentialStore()
VALUES = {"user": "ops", "key": CANARY}
CALLING = line(("t", "manual", {}), ("c", "call", {"credential": "shop"}))


def make(user: User, name: str = "shop", **more: Any) -> Credential:
    return credentials.create(actor=Actor.of_user(user), type="api", name=name, values=VALUES, **more)


def refused(call: Any, **values: Any) -> Problem:
    with pytest.raises(Problem) as refusal:
        call(**values)
    return refusal.value


def opened(row: Credential, **options: Any) -> Any:
    return STORE.open(row.tenant_id, row.name, **options).fields


def test_the_row_and_its_trail_hold_no_secret(api_credential: Credential) -> None:
    assert api_credential.fields == {"host": "api.example.org", "user": "ops"}
    stored = [*Credential.objects.values(), *CredentialSecret.objects.values(), *AuditEntry.objects.values()]
    assert CANARY not in str(stored)
    assert opened(api_credential).key == CANARY


def test_a_secret_that_was_moved_to_another_row_does_not_open(tenant_admin: User) -> None:
    one, other = make(tenant_admin), make(tenant_admin, "other")
    CredentialSecret.objects.filter(credential=other, field="key").update(
        text=CredentialSecret.objects.get(credential=one, field="key").text
    )
    with pytest.raises(Exception, match="do not open"):
        opened(other)


def test_a_secret_that_is_left_out_keeps_its_value(api_credential: Credential, tenant_admin: User) -> None:
    actor = Actor.of_user(tenant_admin)
    credentials.change(actor=actor, credential=api_credential, values={"user": "new", "key": None})
    assert (opened(api_credential).user, opened(api_credential).key) == ("new", CANARY)


def test_an_empty_text_takes_an_optional_secret_away(api_credential: Credential, tenant_admin: User) -> None:
    actor = Actor.of_user(tenant_admin)
    credentials.change(actor=actor, credential=api_credential, values={"second": "another"})
    assert opened(api_credential).second == "another"
    credentials.change(actor=actor, credential=api_credential, values={"second": ""})
    assert not CredentialSecret.objects.filter(field="second").exists()


def test_a_rotated_value_is_used_at_once(api_credential: Credential, tenant_admin: User) -> None:
    assert opened(api_credential).key == CANARY
    credentials.change(
        actor=Actor.of_user(tenant_admin), credential=api_credential, values={"key": "another-one"}
    )
    assert opened(api_credential).key == "another-one"


def test_nobody_sends_a_secret_to_a_host_of_their_own(api_credential: Credential, tenant_admin: User) -> None:
    actor = Actor.of_user(tenant_admin)
    elsewhere = {"host": "evil.example"}
    refusal = refused(credentials.change, actor=actor, credential=api_credential, values=elsewhere)
    assert (refusal.code, refusal.field) == ("secret_needed", "values.key")
    credentials.change(actor=actor, credential=api_credential, values={**elsewhere, "key": "another-one"})
    assert opened(api_credential).key == "another-one"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"user": "ops"}, "values.key"),
        ({"user": "o", "key": CANARY}, "values.user"),
        ({**VALUES, "extra": 1}, "values.extra"),
        ({"user": "ops", "key": "zq7"}, "values.key"),
    ],
)
def test_wrong_values_are_refused_at_their_field(tenant_admin: User, fields: Any, field: str) -> None:
    refusal = refused(
        credentials.create, actor=Actor.of_user(tenant_admin), type="api", name="x", values=fields
    )
    assert (refusal.code, refusal.field) == ("bad_credential", field)
    assert "zq7" not in str(refusal.as_json())
    assert not Credential.objects.exists()


def test_an_unknown_type_is_refused(tenant_admin: User) -> None:
    actor = Actor.of_user(tenant_admin)
    assert refused(credentials.create, actor=actor, type="no", name="x", values={}).field == "type"


@pytest.mark.parametrize("name", ["", "  ", "a\u200bb"])
def test_a_name_can_be_read(tenant_admin: User, name: str) -> None:
    assert refused(make, user=tenant_admin, name=name).field == "name"


@pytest.mark.parametrize("name", ["shop", "Shop"])
def test_no_tenant_takes_a_name_of_the_platform(platform_admin: User, tenant_admin: User, name: str) -> None:
    make(platform_admin)
    assert refused(make, user=tenant_admin, name=name).code == "name_taken"


def test_the_platform_takes_no_name_of_a_tenant(platform_admin: User, tenant_admin: User) -> None:
    make(tenant_admin)
    assert refused(make, user=platform_admin).code == "name_taken"


def test_two_tenants_may_have_the_same_name(tenant_admin: User, outsider_admin: User) -> None:
    one, other = make(tenant_admin), make(outsider_admin)
    assert one.pk != other.pk
    assert set(credentials.listed(Actor.of_user(outsider_admin))) == {other}


def test_a_flow_finds_its_owners_and_what_the_platform_shares(
    platform_admin: User, tenant_admin: User, outsider_admin: User
) -> None:
    make(tenant_admin), make(platform_admin, "ours"), make(platform_admin, "theirs", is_shared=True)
    assert STORE.usable(tenant_admin.tenant_id) == {"shop": "api", "theirs": "api"}
    assert STORE.usable(outsider_admin.tenant_id) == {"theirs": "api"}
    assert STORE.usable(None) == {"ours": "api", "theirs": "api"}
    with pytest.raises(Exception, match="no credential"):
        STORE.open(outsider_admin.tenant_id, "ours")


def test_only_the_platform_shares(tenant_admin: User) -> None:
    assert refused(make, user=tenant_admin, is_shared=True).code == "not_shared"


def test_a_tenant_does_not_change_what_is_only_shared(platform_admin: User, tenant_admin: User) -> None:
    shared = make(platform_admin, is_shared=True)
    actor = Actor.of_user(tenant_admin)
    assert credentials.credential_for(actor, shared.pk) == shared
    assert refused(credentials.change, actor=actor, credential=shared, name="x").status == 404
    assert refused(credentials.delete, actor=actor, credential=shared).status == 404


def test_editors_change_nothing(api_credential: Credential, flow_editor: User) -> None:
    actor = Actor.of_user(flow_editor)
    assert refused(make, user=flow_editor, name="x").status == 403
    assert refused(credentials.change, actor=actor, credential=api_credential, name="x").status == 403
    assert refused(credentials.delete, actor=actor, credential=api_credential).status == 403


@pytest.mark.parametrize("change", [{"values": {"key": "another-one"}}, {"name": "renamed"}])
def test_changing_what_is_in_use_names_the_flows_and_wants_a_word(
    api_credential: Credential, tenant_admin: User, change: Any
) -> None:
    actor = Actor.of_user(tenant_admin)
    flow = published(CALLING, actor)
    refusal = refused(credentials.change, actor=actor, credential=api_credential, **change)
    assert refusal.code == "in_use"
    assert refusal.extra["flows"] == [{"id": str(flow.id), "name": "Test flow", "is_live": True}]
    credentials.change(actor=actor, credential=api_credential, confirm=True, **change)


def test_deleting_what_is_in_use_wants_a_word(api_credential: Credential, tenant_admin: User) -> None:
    actor = Actor.of_user(tenant_admin)
    create_flow(actor=actor, name="Draft", document=read_or_refuse(CALLING))
    refusal = refused(credentials.delete, actor=actor, credential=api_credential)
    assert [flow["is_live"] for flow in refusal.extra["flows"]] == [False]
    credentials.delete(actor=actor, credential=api_credential, confirm=True)
    assert not CredentialSecret.objects.exists()


def test_flows_of_others_and_texts_do_not_count_as_uses(
    api_credential: Credential, tenant_admin: User, outsider_admin: User
) -> None:
    text = line(("t", "manual", {}), ("a", "add-field", {"as_field": "x", "value": "shop"}))
    create_flow(actor=Actor.of_user(tenant_admin), name="Text", document=read_or_refuse(text))
    create_flow(actor=Actor.of_user(outsider_admin), name="Other", document=read_or_refuse(CALLING))
    assert credentials.uses_of(api_credential) == []


def test_values_for_trying_out_stand_beside_the_others(
    api_credential: Credential, tenant_admin: User
) -> None:
    actor = Actor.of_user(tenant_admin)
    assert opened(api_credential, staging=True).key == CANARY
    assert (
        refused(credentials.change, actor=actor, credential=api_credential, staging={"user": "trial"}).field
        == "staging.key"
    )
    trial = {"user": "trial", "key": "trial-key"}
    changed = credentials.change(actor=actor, credential=api_credential, staging=trial)
    assert (opened(changed, staging=True).key, opened(changed).key) == ("trial-key", CANARY)
    credentials.change(actor=actor, credential=changed, drop_staging=True)
    assert opened(changed, staging=True).key == CANARY


def test_use_is_noted(api_credential: Credential) -> None:
    opened(api_credential)
    api_credential.refresh_from_db()
    assert api_credential.last_used_at is not None


def test_what_its_type_would_not_take_any_more_says_so(api_credential: Credential) -> None:
    Credential.objects.update(fields={"user": "ops", "old": 1}, version=2)
    with pytest.raises(Exception, match="wants other values"):
        opened(api_credential)


def test_a_type_that_is_gone_says_so(api_credential: Credential) -> None:
    Credential.objects.update(type="gone")
    with pytest.raises(Exception, match="is not available here"):
        opened(api_credential)
