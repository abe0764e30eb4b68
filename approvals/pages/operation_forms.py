"""Forms by which people ask for operations."""

from typing import Any

from django import forms

from accounts.actors import Actor
from approvals.services.operations import network_of
from approvals.services.ordering import packages
from inventory.models import Server
from look.forms import SiteForm


class DeployForm(SiteForm):
    """What a deploy gives the server besides."""

    ipv4 = forms.BooleanField(label="Give it an IPv4 address", required=False)
    ipv6 = forms.BooleanField(label="Give it an IPv6 address", required=False)


class UndeployForm(SiteForm):
    force = forms.BooleanField(label="Stop it without shutting down", required=False)


class ReconfigureForm(SiteForm):
    cpu = forms.IntegerField(label="CPU cores", min_value=1, max_value=1024)
    ram = forms.IntegerField(label="Memory (MB)", min_value=16)
    disk = forms.IntegerField(label="Disk (GB)", min_value=1, help_text="A disk of a machine only grows.")
    vlan_tag = forms.IntegerField(label="VLAN tag", min_value=1, max_value=4094, required=False)
    rate_limit = forms.DecimalField(
        label="Rate limit (MB/s)", min_value=0, required=False, help_text="None, if empty."
    )

    def __init__(self, server: Server, *args: Any, **kwargs: Any) -> None:
        cable = network_of(server)
        now = {name: getattr(server, name) for name in ("cpu", "ram", "disk")}
        super().__init__(*args, initial={**now, **cable}, **kwargs)
        if not cable:
            del self.fields["vlan_tag"], self.fields["rate_limit"]

    def values(self) -> dict[str, Any]:
        """What is to become different."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


class OrderForm(SiteForm):
    hostname = forms.CharField(label="Hostname", max_length=253)
    os = forms.CharField(label="Operating system", max_length=120, required=False)
    package: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label="Package",
        queryset=None,
        required=False,
        empty_label="None: by the figures below",
    )
    cpu = forms.IntegerField(label="CPU cores", min_value=1, max_value=1024, initial=1)
    ram = forms.IntegerField(label="Memory (MB)", min_value=16, max_value=16_777_216, initial=1024)
    disk = forms.IntegerField(label="Disk (GB)", min_value=1, max_value=1_000_000, initial=10)
    ipv4 = forms.BooleanField(label="Give it an IPv4 address", required=False)
    ipv6 = forms.BooleanField(label="Give it an IPv6 address", required=False)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["package"].queryset = packages(actor)  # type: ignore[attr-defined]
