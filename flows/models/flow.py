"""Flows, their published versions, and what starts them."""

from typing import Any, ClassVar

from django.db import models
from django.utils.functional import cached_property

from accounts.models.fields import DescriptionField, NameField
from common.crypto import Seal
from common.ids import new_id
from flows.models.fields import JsonText


class Flow(models.Model):
    """A named graph: one draft, any number of published versions, on or off."""

    tenant_path: ClassVar[str | None] = "tenant_id"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", null=True, blank=True, on_delete=models.CASCADE)
    name = NameField(max_length=200)
    description = DescriptionField(blank=True, max_length=2000)
    is_enabled = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    is_managed = models.BooleanField(default=False, db_default=False)
    """Made by the program, which alone changes it; people see it only if it follows a file."""
    followed_file = models.TextField(blank=True, default="", db_default="")
    """Of a managed flow: the file that it is made of, and that alone changes it. People may look at it, and run it."""
    draft = JsonText()
    draft_revision = models.PositiveIntegerField(default=1)
    draft_saved_at = models.DateTimeField()
    draft_saved_by = models.CharField(max_length=200, blank=True)
    published = models.ForeignKey(
        "flows.FlowVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name", "id")
        indexes = (models.Index(fields=["tenant", "name"], name="flow_by_tenant"),)

    def __str__(self) -> str:
        return self.name

    @cached_property
    def has_changes(self) -> bool:
        """Whether the draft differs from the version that runs; lists ask the database instead."""
        return self.published is None or bool(self.published.document != self.draft)


class PublishedVersionChanged(Exception):
    """Code tried to change a published version; versions never change."""


class FlowVersion(models.Model):
    """An immutable published document."""

    tenant_path: ClassVar[str | None] = "flow__tenant_id"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    document = JsonText()
    comment = NameField(max_length=500, blank=True)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=["flow", "number"], name="version_number_once"),)

    def __str__(self) -> str:
        return f"{self.flow_id} version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new version.

        Raises:
            PublishedVersionChanged: the version is stored already.
        """
        if not self._state.adding:
            raise PublishedVersionChanged(f"Version {self.number} is published and cannot change.")
        super().save(*args, **kwargs)


class Trigger(models.Model):
    """What starts a flow: an index made from its published version by `publish` alone."""

    tenant_path: ClassVar[str | None] = "flow__tenant_id"

    flow = models.OneToOneField(Flow, primary_key=True, on_delete=models.CASCADE, related_name="trigger")
    version = models.ForeignKey(FlowVersion, on_delete=models.CASCADE)
    node_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    """A `TriggerKind`."""
    event_type = models.CharField(max_length=100, blank=True, db_index=True)
    spec = JsonText()
    """The fields of the trigger's `TriggerSpec`."""
    concurrency = JsonText()
    """The flow's concurrency setting: `{"mode", "limit"}`."""
    tells_own_life = models.BooleanField(default=False, db_default=False)
    """The flow's setting of that name."""
    next_fire_at = models.DateTimeField(null=True, blank=True, db_index=True)
    """Of a schedule: the next tick."""

    def __str__(self) -> str:
        return f"{self.kind} {self.event_type}".strip()


class Hook(models.Model):
    """The URL and the secret of a flow's inbound webhook."""

    tenant_path: ClassVar[str | None] = "flow__tenant_id"
    encrypted_fields: ClassVar[tuple[str, ...]] = ("secret", "old_secret")

    flow = models.OneToOneField(Flow, primary_key=True, on_delete=models.CASCADE, related_name="hook")
    key = models.CharField(max_length=64, unique=True)
    secret = models.TextField(blank=True)
    """Encrypted; shown once when it is made."""
    rotated_at = models.DateTimeField(null=True, blank=True)
    old_secret = models.TextField(blank=True, db_default="")
    """The one before, encrypted; taken as well until `old_until`."""
    old_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"hook of {self.flow_id}"

    def seal_of(self, column: str) -> Seal:
        return Seal("trigger-secret", (str(self.flow_id), column))


class Generation(models.Model):
    """A counter that rises whenever triggers change, so that each process knows when its copy is old."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.value)
