"""What a person did with the first-steps card of the overview."""

from typing import ClassVar

from django.db import models


class FirstSteps(models.Model):
    """What no other row tells: that a person opened a demo flow from the card, and that they put the card away."""

    tenant_path: ClassVar[str | None] = "user__tenant_id"

    user = models.OneToOneField(
        "accounts.User", primary_key=True, on_delete=models.CASCADE, related_name="first_steps"
    )
    demo_opened_at = models.DateTimeField(null=True, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "first steps"

    def __str__(self) -> str:
        return f"first steps of {self.user_id}"
