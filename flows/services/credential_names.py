"""The credentials that a drawing names: what it needs of them, and other names in their place."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.graph.document import FlowDocument
from flows.models import Flow
from flows.sdk import Json, JsonObject, node_types
from flows.sdk.config import CREDENTIAL
from flows.sdk.config_fields import FilledField, drawn_fields
from flows.sdk.credentials import UsableCredential
from flows.services.credentials import credential_store


@dataclass(frozen=True, slots=True)
class NeededCredential:
    """A credential that a drawing names.

    `types`: those that will do; empty: any. `choices`: the names of those that are here and fit; `known`: it is one.
    """

    name: str
    types: list[str]
    choices: list[str]
    known: bool


def needed_credentials(drawing: FlowDocument, usable: Mapping[str, str]) -> list[NeededCredential]:
    """What a drawing names, by name; `usable` is the type of every credential that is here, by name."""
    types: dict[str, set[str]] = {}
    for node in drawing.nodes:
        for place in _places(node.type, node.config):
            types.setdefault(str(place.value), set()).update(place.field.credential_types)
    return [_needed(name, types[name], usable) for name in sorted(types)]


def _needed(name: str, types: set[str], usable: Mapping[str, str]) -> NeededCredential:
    fitting = sorted(one for one, kind in usable.items() if not types or kind in types)
    return NeededCredential(name, sorted(types), fitting, name in fitting)


def with_credentials(document: JsonObject, names: Mapping[str, str]) -> JsonObject:
    """A document with other credentials in the places of those that it names."""
    document = copy.deepcopy(document)
    for node in document.get("nodes") or ():
        for place in list(_places(node["type"], node.get("config") or {})):
            if place.value in names:
                holder = node["config"]
                for step in place.steps[:-1]:
                    holder = holder[step]
                holder[place.steps[-1]] = names[place.value]
    return document


def names_of(document: JsonObject) -> set[str]:
    """The credentials that a stored document names."""
    return {name for drawn in document.get("nodes") or () for name in _names_in(drawn)}


def used_credentials(flow: Flow) -> Sequence[UsableCredential]:
    """Those that the draft or the published version names, as far as they are here, by name."""
    return _listed(flow, names_of(flow.draft) | _published_names(flow))


def published_credentials(flow: Flow) -> Sequence[UsableCredential]:
    """Those that runs of the flow use."""
    return _listed(flow, _published_names(flow))


def _published_names(flow: Flow) -> set[str]:
    return names_of(flow.published.document) if flow.published else set()


def _listed(flow: Flow, names: set[str]) -> Sequence[UsableCredential]:
    return credential_store().listed(flow.tenant_id, sorted(names)) if names else ()


def _names_in(drawn: Json) -> Iterator[str]:
    if isinstance(drawn, dict) and isinstance(drawn.get("config"), dict):
        for place in _places(str(drawn.get("type")), drawn["config"]):
            yield str(place.value)


def _places(type_name: str, config: Any) -> Iterator[FilledField]:
    known = node_types.get(type_name)
    for place in drawn_fields(known.Config, config) if known is not None else ():
        if place.field.slot == CREDENTIAL and isinstance(place.value, str) and place.value:
            yield place
