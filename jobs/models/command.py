"""Commands and services that the platform's admin approved."""

from typing import ClassVar

from django.db import models

from accounts.models.fields import DescriptionField, NameField
from flows.models.fields import JsonText


def running_codes() -> list[int]:
    """As init scripts and systemctl answer."""
    return [0]


def stopped_codes() -> list[int]:
    """Likewise."""
    return [3]


class Approved(models.Model):
    """What jobs and flows may use because the platform's admin says so. Only the platform writes these rows."""

    class Audience(models.TextChoices):
        """Whose jobs and flows may use it."""

        PLATFORM = "platform", "The platform alone"
        CHOSEN = "chosen", "The platform and chosen tenants"
        EVERYONE = "everyone", "The platform and all tenants"

    tenant_path: ClassVar[str | None] = None

    name = NameField(max_length=100, unique=True)
    description = DescriptionField(blank=True, max_length=2000)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.PLATFORM)
    tenants = models.ManyToManyField("accounts.Tenant", blank=True, related_name="+")
    """For the audience `chosen`."""
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Command(Approved):
    """A program that jobs and flows may run, and with which arguments."""

    executable = models.CharField(max_length=500)
    """An absolute path."""
    slots = JsonText(default=list)
    """The arguments in their order, each as a `jobs.arguments.Slot`."""
    environment = JsonText(default=list)
    """The names of the variables that jobs and flows may set."""
    directories = JsonText(default=list)
    """Folders of this machine, as absolute paths, that it may read; a job may work in one."""
    has_network = models.BooleanField(default=False)
    timeout_seconds = models.PositiveIntegerField(default=300)
    """The longest that it may take, whatever a job asks for."""
    cpu_seconds = models.PositiveIntegerField(default=60)
    memory_mb = models.PositiveIntegerField(default=512)
    processes = models.PositiveIntegerField(default=64)
    file_mb = models.PositiveIntegerField(default=16)
    open_files = models.PositiveIntegerField(default=64)


class Service(Approved):
    """A service that flows may stop: which commands stop it, and which tells whether it runs."""

    stop_command = models.ForeignKey(Command, on_delete=models.PROTECT, related_name="+")
    """Asks it to end."""
    stop_parameters = JsonText(default=dict)
    """Values by slot of the command; likewise below."""
    force_command = models.ForeignKey(
        Command, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Ends it whatever it does; None: it can be asked only."""
    force_parameters = JsonText(default=dict)
    status_command = models.ForeignKey(Command, on_delete=models.PROTECT, related_name="+")
    """Tells by its exit code whether it runs."""
    status_parameters = JsonText(default=dict)
    running_codes = JsonText(default=running_codes)
    stopped_codes = JsonText(default=stopped_codes)
    """Any other exit code means that nobody knows."""
