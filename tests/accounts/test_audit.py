"""The audit trail."""

from accounts import audit
from accounts.actors import Actor
from accounts.models import AuditEntry, User
from common.redact import MASK


def test_an_entry_says_who_did_what(tenant_admin: User):
    audit.record(Actor.of_user(tenant_admin), "updated", "flow", "f-1", tenant_id=tenant_admin.tenant_id)
    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.actor_name, entry.actor_role) == (tenant_admin.pk, "admin", "tenant_admin")
    assert (entry.verb, entry.target, entry.target_id, entry.changes) == ("updated", "flow", "f-1", {})


def test_secrets_are_masked(db):
    changes = {"password": ["old", "new"], "name": ["a", "b"]}
    audit.record(Actor.system(), "updated", "user", "1", tenant_id=None, changes=changes)
    assert AuditEntry.objects.get().changes == {"password": MASK, "name": ["a", "b"]}


def test_an_entry_outlives_user_and_tenant(tenant_admin: User):
    audit.record(Actor.of_user(tenant_admin), "created", "x", "1", tenant_id=tenant_admin.tenant_id)
    tenant = tenant_admin.tenant
    tenant_admin.delete()
    assert tenant is not None
    tenant_id = tenant.pk
    tenant.delete()
    assert AuditEntry.objects.get().tenant_id == tenant_id


def test_a_secret_in_a_message_is_masked(db):
    audit.record(Actor.system(), "continued", "task", "1", tenant_id=None, message="password=hunter2hunter2")
    assert "hunter2" not in AuditEntry.objects.get().message


def test_message_and_content_hash_are_kept(db):
    audit.record(Actor.system(), "continued", "task", "1", tenant_id=None, message="Fine.", content_hash="ab")
    entry = AuditEntry.objects.get()
    assert (entry.message, entry.content_hash) == ("Fine.", "ab")
