"""Tasks: what somebody asked for, and where it stands."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Tenant
from accounts.models.fields import NameField
from common.ids import new_id
from flows.models.fields import JsonText
from inventory.models import Server


class Task(models.Model):
    """An operation on a server, or a step of a run, that somebody may have to continue or cancel.

    The words of types and states are those of the Workflow feature (`TaskType`, `TaskState`); `REVIEW` is ours.
    """

    class Type(models.TextChoices):
        DEPLOY = "DEPLOY"
        UNDEPLOY = "UNDEPLOY"
        RECONFIGURE = "RECONFIGURE"
        REVIEW = "REVIEW", "Review"

    class State(models.TextChoices):
        """Where it stands. `QUEUEING` waits for review."""

        QUEUEING = "QUEUEING", "Waiting for review"
        PENDING = "PENDING", "Waiting"
        STARTED = "STARTED"
        FINISHED_SUCCESSFULLY = "FINISHED_SUCCESSFULLY", "Finished"
        FINISHED_UNSUCCESSFULLY = "FINISHED_UNSUCCESSFULLY", "Failed"
        ABORTED = "ABORTED"
        CANCELLED = "CANCELLED"
        ACK_ERROR = "ACK_ERROR", "Failed, acknowledged"

    OPEN: ClassVar[tuple[str, ...]] = (State.QUEUEING, State.PENDING, State.STARTED)

    tenant_path: ClassVar[str | None] = "tenant_id"
    owner_path: ClassVar[str | None] = "requester_id"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="tasks")
    type = models.CharField(max_length=12, choices=Type.choices)
    state = models.CharField(max_length=24, choices=State.choices)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="requested_tasks"
    )
    """Who asked; null for the program."""
    requester_name = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField(db_index=True)
    changed_at = models.DateTimeField()

    server = models.ForeignKey(Server, models.CASCADE, null=True, related_name="tasks")
    """The server that the operation changes; null for `REVIEW`."""
    request = JsonText(default=dict)
    """What was asked: the new values of a `RECONFIGURE`, the options of the others."""
    batch = models.UUIDField(null=True)
    """Tasks of one request for a group of servers share it; they are told to the connector together."""
    execution_id = models.UUIDField(null=True, db_index=True)
    """The run that carries the operation out."""

    run_id = models.UUIDField(null=True, db_index=True)
    """The run that waits for the answer, of a `REVIEW`. No constraint: runs are deleted in bulk."""
    node_id = models.CharField(max_length=80, blank=True)
    title = NameField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    """What the reviewer reads, rendered."""
    shown = JsonText(default=list)
    """The chosen fields of the record, as `[[label, value], …]`; redacted."""
    form = JsonText(default=list)
    """The fields that the reviewer fills in, as the node describes them."""
    form_answers = JsonText(default=dict)
    """What was filled in by whoever decided."""
    content_hash = models.CharField(max_length=64, blank=True)
    """SHA-256 over what a reviewer sees: a decision counts for that content only."""

    policy_name = models.CharField(max_length=120, blank=True)
    policy = JsonText(null=True)
    """The policy as it was when the task was held: `{"document", "calendar", "version"}`; null: whoever may review
    decides alone."""
    can_be_overruled = models.BooleanField(default=True)
    """Whether those who may decide the tasks of others decide it at once; without a policy they are who decides."""
    reviewers = JsonText(default=dict)
    """What the policy's references came to when the task was held: `{"people", "gone"}`; ids of users for each level
    of each stage, and since when some of them can no longer answer."""
    blocks = models.CharField(max_length=300, blank=True)
    """Whose answers are missing, by stage, as people read it; empty without a policy."""
    due_at = models.DateTimeField(null=True)
    """When the policy has to be looked at again: reminder, escalation, deadline."""

    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=254, blank=True)
    extra_data = JsonText(default=dict)
    """`{"workflow": message}` of the decision, as the Workflow feature keeps it."""
    error = JsonText(null=True)
    """`{"code", "message", "hint"}` of what failed."""

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(
                fields=["tenant", "-created_at", "-id"],
                condition=models.Q(state="QUEUEING"),
                name="task_waiting_by_tenant",
            ),
            models.Index(
                fields=["-created_at", "-id"], condition=models.Q(state="QUEUEING"), name="task_waiting"
            ),
            models.Index(
                fields=["requester", "-created_at"],
                condition=models.Q(state="QUEUEING"),
                name="task_waiting_by_requester",
            ),
            # What a badge counts for those who may decide the tasks of others.
            models.Index(
                fields=["tenant", "requester"],
                condition=models.Q(state="QUEUEING", can_be_overruled=True),
                name="task_to_overrule",
            ),
            # The list by deadline, of all and of a tenant; many tasks of one policy may be due at the same moment.
            models.Index(fields=["due_at", "id"], condition=models.Q(state="QUEUEING"), name="task_due"),
            models.Index(
                fields=["tenant", "due_at", "id"],
                condition=models.Q(state="QUEUEING", due_at__isnull=False),
                name="task_due_by_tenant",
            ),
            models.Index(fields=["server", "-created_at"], name="task_by_server"),
            # All that the Workflow feature's lists count, narrow and cut by: the rows, which are wide, are not read.
            models.Index(
                fields=["tenant", "-created_at", "-id", "server", "requester", "state"],
                condition=models.Q(state="QUEUEING", server__isnull=False),
                name="task_operations_by_tenant",
            ),
            models.Index(
                fields=["-created_at", "-id", "server", "requester", "state"],
                condition=models.Q(state="QUEUEING", server__isnull=False),
                name="task_operations",
            ),
            # Lists of all states: without these the newest of a tenant are found by sorting all that it has.
            models.Index(fields=["tenant", "-created_at", "-id"], name="task_by_tenant"),
            models.Index(fields=["requester", "-created_at", "-id"], name="task_by_requester"),
            models.Index(
                fields=["execution_id"],
                condition=models.Q(state__in=["PENDING", "STARTED"]),
                name="task_at_work",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["server"],
                condition=models.Q(state__in=["QUEUEING", "PENDING", "STARTED"]),
                name="task_one_open_a_server",
            ),
            models.UniqueConstraint(
                fields=["run_id", "node_id"],
                condition=models.Q(state="QUEUEING") & models.Q(run_id__isnull=False),
                name="task_one_waiting_a_step",
            ),
        )

    def __str__(self) -> str:
        return self.title or f"{self.get_type_display()} {self.id}"

    @property
    def state_label(self) -> str:
        return str(self.State(self.state).label)
