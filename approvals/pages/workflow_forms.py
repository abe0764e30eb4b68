"""Forms of the workflow: of the platform, and of a tenant."""

from typing import Any

from django import forms

from accounts.models import Tenant
from approvals.models import WorkflowSettings
from approvals.services.limits import LARGEST, UNITS, limits_of
from approvals.services.settings import LEAST_MS, MOST_MS, tenant_workflows
from look.forms import SiteForm


class WorkflowForm(SiteForm):
    """The platform's switch, and the connector."""

    is_enabled = forms.BooleanField(
        label="Enable workflow for the platform",
        required=False,
        help_text="Operations on servers of the tenants that have it on, too, wait for review.",
    )
    endpoint = forms.CharField(
        label="Workflow endpoint",
        required=False,
        max_length=2000,
        help_text="Held tasks are sent to this URL. Empty: they are decided by hand.",
    )
    body = forms.ChoiceField(label="Tasks are written as", choices=WorkflowSettings.Body.choices)
    connect_ms = forms.IntegerField(
        label="Time limit for connecting (ms)", min_value=LEAST_MS, max_value=MOST_MS
    )
    read_ms = forms.IntegerField(
        label="Time limit for the answer (ms)", min_value=LEAST_MS, max_value=MOST_MS
    )

    def __init__(self, row: WorkflowSettings, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(row, name) for name in self.fields}


class TenantWorkflowForm(SiteForm):
    """A tenant's switch, and what its servers may come to."""

    is_enabled = forms.BooleanField(
        label="Enable workflow",
        required=False,
        help_text="Deploy, reconfigure and undeploy wait for review, while it is on for the platform, too.",
    )

    def __init__(self, tenant: Tenant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = limits_of(tenant.pk)
        self.initial = {"is_enabled": tenant_workflows([tenant])[tenant.pk]}
        for name, unit in UNITS.items():
            widget = forms.NumberInput(attrs={"class": "form-control"})
            self.fields[name] = forms.IntegerField(
                label=f"At most ({unit})", required=False, min_value=0, max_value=LARGEST, widget=widget
            )
            self.initial[name] = getattr(limits, name)
