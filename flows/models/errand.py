"""What a page asked of a worker."""

from typing import ClassVar

from django.db import models

from common.ids import new_id
from flows.models.fields import JsonText


class Errand(models.Model):
    """One question that only a worker can answer, and the answer. It lives for some minutes."""

    class Status(models.TextChoices):
        """Where it stands; the last two are final."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    tenant_path: ClassVar[str | None] = "tenant_id"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    """A name in `flows.engine.errands.errand_kinds`."""
    tenant = models.ForeignKey(
        "accounts.Tenant", null=True, blank=True, on_delete=models.CASCADE, db_index=False
    )
    """Whose credentials it may use; null is the platform."""
    permission = models.CharField(max_length=40)
    """What whoever reads the answer must be allowed to do."""
    asked_by = models.BigIntegerField(null=True)
    """The user."""
    request = JsonText()
    """Plain JSON without secrets."""
    fingerprint = models.CharField(max_length=64, blank=True)
    """Equal for equal questions, whose answers are shared for a while; empty: the answer is nobody else's."""
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    worker = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    """While it is at work: when others may take it, unless its worker renews that."""
    tries = models.PositiveSmallIntegerField(default=0)
    answer = JsonText(null=True)
    error = JsonText(null=True)
    """`{"code", "message", "hint", "field", "retryable"}`."""
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    """What is not answered by then is given up."""

    class Meta:
        indexes = (
            models.Index(
                fields=["made_at"], condition=models.Q(status__in=("queued", "running")), name="errand_open"
            ),
            models.Index(fields=["fingerprint", "made_at"], name="errand_shared"),
            models.Index(fields=["made_at"], name="errand_age"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
