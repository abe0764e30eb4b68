"""Where servers run in Proxmox VE."""

from django.core.validators import RegexValidator
from django.db import models

from accounts.models.fields import NameField
from inventory.models.base import OwnedRow


class ProxmoxNode(OwnedRow):
    """A node of Proxmox VE by the name that servers have in `node`, and the credential that opens its API.

    Flows of its owner change the machines of servers there; flows of others never do.
    """

    name = NameField(
        max_length=63,
        validators=[
            RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9.-]*$", "Write the node's name as Proxmox shows it.")
        ],
    )
    credential = NameField(max_length=100, help_text="The name of a credential of the type Proxmox VE.")

    class Meta:
        ordering = ("name", "id")
        verbose_name = "Proxmox node"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="proxmox_node_once_a_tenant"),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(tenant__isnull=True),
                name="proxmox_node_once_on_the_platform",
            ),
        ]

    def __str__(self) -> str:
        return self.name
