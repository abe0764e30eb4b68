"""System properties and applications as the Workflow feature tells them."""

from collections.abc import Mapping, Sequence
from typing import Final

from approvals.models import Application
from approvals.original.links import Dto, Links, user_path
from approvals.original.privileges import path_of

ENDPOINT: Final = "client.main.workflowEndPoint"
ENABLED: Final = "client.main.workflowEnabled"
CONNECT: Final = "workflow.connect.timeout"
READ: Final = "workflow.read.timeout"
PROPERTIES: Final = (ENDPOINT, ENABLED, CONNECT, READ)
"""Those that are here; each has its place, from 1, as its id."""


def property_path(name: str) -> str:
    return f"config/properties/{PROPERTIES.index(name) + 1}"


def property_dto(name: str, value: str, links: Links) -> Dto:
    """A system property; its value is a text."""
    return {
        "id": PROPERTIES.index(name) + 1,
        "name": name,
        "value": value,
        "links": [links.to("edit", property_path(name), entity="systemproperty")],
    }


def properties_dto(values: Mapping[str, str], links: Links) -> Dto:
    """Several of them."""
    found = [property_dto(name, value, links) for name, value in values.items()]
    return {"links": [], "collection": found}


def application_dto(application: Application, links: Links, *, secret: str = "") -> Dto:
    """An application; its secret is told once, when it is made."""
    owner = user_path(application.user.tenant_id, application.user_id)
    own = f"{owner}/applications/{application.pk}"
    privileges: Sequence[str] = application.privileges
    return {
        "id": application.pk,
        "name": application.name,
        "description": application.description,
        "apiKey": str(application.api_key),
        **({"apiSecret": secret} if secret else {}),
        "links": [
            links.to("edit", own, entity="application"),
            links.to("self", own, entity="application"),
            links.to("user", owner, entity="user", title=application.user.email),
            *[links.to("privilege", path_of(name), entity="privilege", title=name) for name in privileges],
        ],
    }
