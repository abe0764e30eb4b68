"""What a credential type is, and how a node names the credentials that it uses.

A credential belongs to the owner of the flow. Its secrets are opened before the turn of a node whose config names it,
and while they are open the way out leads to the hosts of its type alone.
"""

import json
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Final, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from flows.sdk.context import NodeContext
from flows.sdk.errors import NodeError
from flows.sdk.registry import Registry

MAX_SECRET: Final = 16_384
_HINT: Final = "x-secret"

Secret = Annotated[str, Field(repr=False, max_length=MAX_SECRET, json_schema_extra={_HINT: True})]
"""A field of a credential that is written and never shown: it is encrypted for itself, with the key of its place."""


class CredentialFields(BaseModel):
    """The base of what a credential of a type holds: frozen, unknown keys refused, no value in any error.

    Fields are described with `ui(...)`, as those of node configs are.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_enum_values=True, allow_inf_nan=False, hide_input_in_errors=True
    )

    @classmethod
    def secret_names(cls) -> frozenset[str]:
        """The fields that are encrypted."""
        return _secret_names(cls)

    def secrets(self) -> Iterator[str]:
        """The values of those that are filled in."""
        for name in sorted(self.secret_names()):
            value = getattr(self, name)
            if isinstance(value, str) and value:
                yield value


@lru_cache(maxsize=256)
def _secret_names(model: type[CredentialFields]) -> frozenset[str]:
    return frozenset(
        name
        for name, info in model.model_fields.items()
        if isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get(_HINT)
    )


@dataclass(frozen=True, slots=True)
class CredentialMeta:
    """The identity and the looks of a credential type.

    Args:
        type: kebab case; never changes once released.
        label: its name for people.
        icon: the name of a Tabler icon.
        summary: one line that says what it opens.
    """

    type: str
    label: str
    icon: str
    summary: str


class CredentialType:
    """A credential type. One instance serves all credentials of the type, so it keeps no state."""

    meta: ClassVar[CredentialMeta]
    Fields: ClassVar[type[CredentialFields]]

    def hosts(self, fields: Any) -> Sequence[str]:
        """Where it may be used, as `host` or `host:port`; the way out refuses all other hosts while it is open."""
        raise NotImplementedError

    def expires_at(self, fields: Any) -> datetime | None:
        """When it stops to work, where its fields tell."""
        return None

    def test(self, ctx: NodeContext, fields: Any) -> str | Awaitable[str]:
        """Use it without changing anything, and say in one sentence what works. `async`, or plain when it blocks.

        Raises:
            NodeError: which step failed and what to do, a missing permission by its name, never the remote body.
                A `retryable` one says that the other side is unavailable, any other that something is set up wrongly.
        """
        raise NotImplementedError


credential_types: Registry[CredentialType] = Registry("credential type")

CredentialClass = TypeVar("CredentialClass", bound=type[CredentialType])


def credential_type(cls: CredentialClass) -> CredentialClass:
    """Register a credential type under its `meta.type`.

    Raises:
        TypeError: it has a secret inside another field, which would be kept in the clear.
    """
    described = cls.Fields.model_json_schema()
    fields = {
        name: schema
        for name, schema in described["properties"].items()
        if name not in cls.Fields.secret_names()
    }
    if _HINT in json.dumps([fields, described.get("$defs")]):
        raise TypeError(f"{cls.__name__} has a secret that is no field of its own: write `Secret` alone.")
    credential_types.register(cls.meta.type, cls(), f"{cls.__module__}.{cls.__qualname__}")
    return cls


@dataclass(frozen=True, slots=True)
class OpenCredential:
    """A credential with its secrets, for the time of one turn."""

    name: str
    type: str
    fields: CredentialFields
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UsableCredential:
    """A credential as people see it who choose one.

    Args:
        type_label: what its type is called.
        state: `available`, `degraded`, `unavailable`, `misconfigured` or `unknown`, as its last test found.
        state_text: what works, or what is wrong and what to do.
        is_platform: it is the platform's, and not the owner's.
        version: rises with every change of its values.
        has_staging: it has values for trying out.
    """

    id: int
    name: str
    type: str
    type_label: str
    state: str
    state_text: str
    is_platform: bool
    version: int
    has_staging: bool


class CredentialStore(Protocol):
    """Keeps credentials; the settings name the one of this installation. Calls block.

    `owner_id` is the tenant that owns the flow, None for the platform.
    """

    def open(
        self,
        owner_id: int | None,
        name: str,
        types: Sequence[str] = (),
        *,
        staging: bool = False,
        is_use: bool = True,
    ) -> OpenCredential:
        """Open the credential of that name that the owner may use.

        Args:
            types: those that will do; none says any.
            staging: take the values for trying out, when it has such.
            is_use: note that it was used; a test and a list in a form are no use.

        Raises:
            NodeError: `unknown_credential`, `wrong_credential_type`, `credential_unusable`.
        """

    def outline(self, owner_id: int | None, name: str) -> CredentialFields:
        """The credential of that name with stand-ins for its secrets, which stay shut; the values for trying out, when
        it has such. Values are not checked.

        Raises:
            NodeError: `unknown_credential`, `credential_unusable`.
        """

    def usable(self, owner_id: int | None) -> Mapping[str, str]:
        """The type of every credential that the owner's flows may use, by name."""

    def listed(self, owner_id: int | None, names: Sequence[str] | None = None) -> Sequence[UsableCredential]:
        """The same for people, by name; those of some names only, if any are given."""


F = TypeVar("F", bound=BaseModel)


def opened(credentials: Mapping[str, CredentialFields], name: str, fields: type[F]) -> F:
    """The fields of an open credential, as the type that the node expects.

    Raises:
        NodeError: `unknown_credential`, `wrong_credential_type`.
    """
    found = credentials.get(name)
    if found is None:
        raise unknown_credential(name)
    if not isinstance(found, fields):
        raise NodeError(
            "wrong_credential_type",
            f"The credential “{name}” is not of the type that is needed here.",
            hint="Choose another one.",
        )
    return found


def unknown_credential(name: str, field: str | None = None) -> NodeError:
    """There is no credential of that name that the flow may use."""
    return NodeError(
        "unknown_credential",
        f"There is no credential “{name}”.",
        hint="Choose one that exists, or make it under that name.",
        field=field,
    )
