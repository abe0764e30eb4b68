"""Whether a credential works, as its last test found."""

from typing import ClassVar

from django.db import models

from actions.models.credential import Credential
from flows.models.fields import JsonText


class CredentialHealth(models.Model):
    """The state of the values that runs use."""

    class State(models.TextChoices):
        """The states of the system that this one follows."""

        AVAILABLE = "available"
        DEGRADED = "degraded"
        """It works, and is slow or about to expire."""
        UNAVAILABLE = "unavailable"
        """The other side does not answer; asked again soon."""
        MISCONFIGURED = "misconfigured"
        """Something is set up wrongly; not asked again before it is changed."""
        UNKNOWN = "unknown"
        """Nobody has tested it, or it cannot be tested."""

    tenant_path: ClassVar[str | None] = "credential__tenant_id"

    credential = models.OneToOneField(
        Credential, primary_key=True, on_delete=models.CASCADE, related_name="health"
    )
    state = models.CharField(max_length=20, choices=State.choices, default=State.UNKNOWN)
    since = models.DateTimeField(null=True)
    """When it came into this state."""
    version = models.PositiveIntegerField(default=0)
    """The version of the credential that was tested; of another one, nothing is known."""
    text = models.CharField(max_length=1000, blank=True)
    """What works."""
    error = JsonText(null=True)
    """`{"code", "message", "hint", "field", "retryable"}` of a test that failed."""
    checked_at = models.DateTimeField(null=True)
    check_due_at = models.DateTimeField(null=True, db_index=True)
    """When to look whether it is to be tested again."""

    def __str__(self) -> str:
        return f"{self.credential_id} is {self.state}"
