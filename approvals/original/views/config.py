"""System properties of the workflow, and privileges."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.actors import Actor
from accounts.roles import Permission
from approvals.original import privileges
from approvals.original.dto import config as dto
from approvals.original.links import Dto
from approvals.original.views.base import Door
from approvals.services.settings import need_platform, set_workflow, workflow_settings
from common.ids import row_id
from common.problems import bad_value, not_found

SINGLE, SEVERAL = "systemproperty", "systemproperties"


class Properties(Door):
    """Those that are here; PUT and POST set what is sent, one or several."""

    answers = SEVERAL
    answers_to = {"POST": "", "PUT": ""}

    def get(self, request: Request) -> HttpResponse:
        name, component = request.query_params.get("name"), request.query_params.get("component")
        found = {
            key: value
            for key, value in values(self.actor).items()
            if (not name or key == name) and (not component or key.startswith(f"{component}."))
        }
        return self.told(dto.properties_dto(found, self.links))

    def put(self, request: Request) -> HttpResponse:
        need_platform(self.actor)
        given = self.sent()
        several = _several(given)
        changes = {_name(one): _value(one) for one in several}
        change(self.actor, changes)
        if several == [given]:
            (name,) = changes
            return self.told(dto.property_dto(name, values(self.actor)[name], self.links), entity=SINGLE)
        return self.told(dto.properties_dto(values(self.actor), self.links), entity=SEVERAL)

    post = put


class Property(Door):
    answers = SINGLE

    def get(self, request: Request, property_id: str) -> HttpResponse:
        name = _of_id(property_id, self.actor)
        return self.told(dto.property_dto(name, values(self.actor)[name], self.links))

    def put(self, request: Request, property_id: str) -> HttpResponse:
        need_platform(self.actor)
        name, given = _of_id(property_id, self.actor), self.sent()
        if given.get("name", name) != name:
            raise bad_value("invalid", "The name is another property's.", field="name")
        change(self.actor, {name: _value(given)})
        return self.told(dto.property_dto(name, values(self.actor)[name], self.links))

    post = put


class Privileges(Door):
    answers = "privileges"

    def get(self, request: Request) -> HttpResponse:
        found = [privileges.privilege_dto(name, self.links) for name in privileges.PRIVILEGES]
        return self.told({"totalSize": len(found), "links": [], "collection": found})


class Privilege(Door):
    answers = "privilege"

    def get(self, request: Request, privilege_id: str) -> HttpResponse:
        name = privileges.name_of(row_id(privilege_id) or 0)
        if name is None:
            raise not_found("There is no such privilege.")
        return self.told(privileges.privilege_dto(name, self.links))


def values(actor: Actor) -> dict[str, str]:
    """The properties that the actor may read, in the order of their ids; clients read them when they begin.

    Raises:
        Problem: 403.
    """
    actor.need(Permission.manage_workflow, Permission.workflow_override)
    workflow = workflow_settings()
    found = {
        dto.ENDPOINT: workflow.endpoint,
        dto.ENABLED: str(int(workflow.is_enabled)),
        dto.CONNECT: str(workflow.connect_ms),
        dto.READ: str(workflow.read_ms),
    }
    if not (actor.is_platform and actor.may(Permission.manage_workflow)):
        del found[dto.ENDPOINT]  # an address may hold a key
    return found


def change(actor: Actor, changes: Mapping[str, str]) -> None:
    """Set properties.

    Raises:
        Problem: 400 `invalid`, 403.
    """
    wanted: dict[str, Any] = {}
    for name, text in changes.items():
        field, read = _FIELDS[name]
        wanted[field] = read(text, name)
    set_workflow(actor, **wanted)


def _several(given: Dto) -> list[Dto]:
    found = given.get("collection", given.get("systemproperty", [given]))
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise bad_value("invalid", "The body is no list of system properties.", field="collection")
    return found


def _name(given: Dto) -> str:
    name = str(given.get("name", ""))
    if name not in dto.PROPERTIES:
        hint = f"There is: {', '.join(dto.PROPERTIES)}."
        raise bad_value("invalid", "There is no such system property here.", hint=hint, field="name")
    return name


def _value(given: Dto) -> str:
    value = given.get("value", "")
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if not isinstance(value, str | int):
        raise bad_value("invalid", "A system property's value is a text.", field="value")
    return str(value)


def _of_id(number: str, actor: Actor) -> str:
    place = row_id(number) or 0
    if not 1 <= place <= len(dto.PROPERTIES) or dto.PROPERTIES[place - 1] not in values(actor):
        raise not_found("There is no such system property.")
    return dto.PROPERTIES[place - 1]


def _address(text: str, name: str) -> str:
    return text


def _switch(text: str, name: str) -> bool:
    if text.strip().lower() not in ("0", "1", "true", "false"):
        raise bad_value("invalid", f"{name} is 0 or 1.", field="value")
    return text.strip().lower() in ("1", "true")


def _milliseconds(text: str, name: str) -> int:
    number = row_id(text.strip())
    if number is None:
        raise bad_value("invalid", f"{name} is a number of milliseconds.", field="value")
    return number


_FIELDS: Final[dict[str, tuple[str, Callable[[str, str], Any]]]] = {
    dto.ENDPOINT: ("endpoint", _address),
    dto.ENABLED: ("is_enabled", _switch),
    dto.CONNECT: ("connect_ms", _milliseconds),
    dto.READ: ("read_ms", _milliseconds),
}
"""What each property is of the settings, and how its text is read."""
