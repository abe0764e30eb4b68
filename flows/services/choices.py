"""Asks a worker what a field of a config may hold, for whoever fills in the form."""

from dataclasses import dataclass
from typing import Any

from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import Problem, bad_value
from flows.models import Errand, Flow
from flows.sdk import Json, JsonObject, node_types
from flows.sdk.choices import CHOICES
from flows.sdk.config import CREDENTIAL
from flows.sdk.config_fields import ConfigField, config_of
from flows.services.credentials import credential_store
from flows.services.errands import Question, ask

MAX_SEARCH = 200


def ask_choices(
    actor: Actor, flow: Flow, *, node_type: str, config: JsonObject, field: str, search: str
) -> Errand:
    """Ask for the list of a field, with the credentials of the flow's owner.

    Args:
        config: as drawn, and half filled in.
        field: the dotted path of the field in it, with the places in lists.

    Raises:
        Problem: 400 `unknown_node_type`, `no_choices`, `choose_first`, `depends_on_template`; 429.
    """
    node = node_types.get(node_type)
    if node is None:
        raise bad_value("unknown_node_type", f"There is no node type {node_type!r}.", field="type")
    place = _Place.of(config_of(node.Config), config, field)
    credentials = place.credentials()
    request = {
        "type": node_type,
        "name": place.name,
        "config": {name: place.value_of(name) for name in place.needed},
        "search": search[:MAX_SEARCH].strip(),
        "credentials": credentials,
    }
    versions = _versions(flow.tenant_id, list(credentials)) if credentials else []
    question = Question(CHOICES, flow.tenant_id, request, Permission.edit_flows, shared_by=versions)
    return ask(actor, question)


def _versions(owner_id: int | None, names: list[str]) -> Json:
    """With another version, what was listed before is old."""
    return [[found.name, found.version] for found in credential_store().listed(owner_id, names)]


@dataclass(frozen=True, slots=True)
class _Place:
    """A field with a list of its own, and what stands around it.

    Args:
        name: the path without the places in lists.
        needed: the fields on which the list depends.
        around: the models that hold the field with what is filled in there, the nearest first.
    """

    name: str
    needed: tuple[str, ...]
    around: tuple[tuple[ConfigField, JsonObject], ...]

    @classmethod
    def of(cls, root: ConfigField, config: JsonObject, path: str) -> "_Place":
        here, value = root, config
        names: list[str] = []
        around: list[tuple[ConfigField, JsonObject]] = []
        found: tuple[str, tuple[str, ...]] | None = None
        for step in path.split("."):
            inner = here.at(step)
            if inner is None:
                raise _no_choices(path)
            if step in here.fields:
                names.append(step)
                around.insert(0, (here, value if isinstance(value, dict) else {}))
            here, value = inner, _at(value, step)
            if here.choices_from is not None:
                found = ".".join(names), tuple(here.choices_from)
        if found is None:
            raise _no_choices(path)
        return cls(*found, tuple(around))

    def value_of(self, name: str) -> Json:
        """What stands in the nearest field of that name.

        Raises:
            Problem: it is empty, or a template.
        """
        holder, values = next(pair for pair in self.around if name in pair[0].fields)
        field = holder.fields[name]
        value = values.get(name, field.schema.get("default"))
        if value in (None, "", [], {}):
            raise bad_value(
                "choose_first", f"Fill in “{field.label}” first.", hint="The list depends on it.", field=name
            )
        if _has_template(value):
            raise bad_value(
                "depends_on_template",
                f"“{field.label}” is a template, whose value is known in a run only.",
                hint="Write a template here too, or choose a fixed value there.",
                field=name,
            )
        return value

    def credentials(self) -> dict[str, list[str]]:
        """The credentials that the needed fields name, each with the types that will do."""
        found: dict[str, list[str]] = {}
        for name in self.needed:
            field = next(pair[0].fields[name] for pair in self.around if name in pair[0].fields)
            if field.slot == CREDENTIAL:
                found[str(self.value_of(name))] = list(field.credential_types)
        return found


def _at(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    return None


def _has_template(value: Json) -> bool:
    if isinstance(value, dict):
        return any(_has_template(entry) for entry in value.values())
    if isinstance(value, list):
        return any(_has_template(entry) for entry in value)
    return isinstance(value, str) and "{{" in value


def _no_choices(path: str) -> Problem:
    return bad_value(
        "no_choices",
        f"The field {path[:100]!r} has no list to choose from.",
        hint="Write its value.",
        field="field",
    )
