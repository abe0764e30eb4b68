"""Creating, changing and deleting rows: what all tables have in common.

The API, Django's admin and the pages write through `inventory.services.writers`, which builds on this.
"""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.scope import owned
from common.problems import Problem, bad_value, conflict, forbidden, not_found
from flows.sdk import JsonObject
from inventory.columns import plain
from inventory.models import OwnedRow
from inventory.tables import BY_MODEL

M = TypeVar("M", bound=Model)


def tenant_of(row: Model) -> int | None:
    """The id of the tenant that a row belongs to; None is the platform."""
    here: Any = row
    for name in str(getattr(row, "tenant_path", "tenant_id")).split("__"):
        here = getattr(here, name, None)
    return None if here is None else int(here)


def public_name(model: type[Model], field: str) -> str:
    """What people call a model's field; its own name when it is not public."""
    table = BY_MODEL.get(model._meta.label_lower)
    columns = table.columns if table else ()
    return next((column.name for column in columns if column.model_field == field), field)


def need_own(row: Model, actor: Actor) -> None:
    """Stop when the actor may read the row but not change it.

    Raises:
        Problem: 403 `platform_row`, 404 `not_found`.
    """
    if actor.is_own_only and not owned(type(row), actor).filter(pk=row.pk).exists():
        raise not_found("There is no such thing, or you cannot see it.")
    if not actor.is_platform and tenant_of(row) != actor.tenant_id:
        raise forbidden(
            "platform_row",
            "This belongs to the platform and is only shared with you.",
            hint="Ask an admin of the platform, or make one of your own.",
        )


def checked(row: M, *, but: Collection[str] = ()) -> M:
    """The row, when all its fields and rules hold, those of the fields in `but` aside.

    Raises:
        Problem: 400 `invalid`, with the field and, in `errors`, every other one.
    """
    try:
        row.full_clean(exclude=set(but))
    except ValidationError as error:
        raise _as_problem(row, error) from error
    return row


def _stored(row: Model, *, but: Collection[str] = ()) -> None:
    """Check and save the row; what a column refuses is told under its public name."""
    try:
        checked(row, but=but).save()
    except Problem as problem:
        problem.field = problem.field and public_name(type(row), problem.field)
        raise


def _as_problem(row: Model, error: ValidationError) -> Problem:
    found = [
        {
            "field": None if name == NON_FIELD_ERRORS else public_name(type(row), name),
            "code": "invalid",
            "message": str(text),
            "hint": "",
        }
        for name, texts in error.message_dict.items()
        for text in texts
    ]
    first = found[0]
    return bad_value("invalid", str(first["message"]), field=first["field"], extra={"errors": found})


class Writer(Generic[M]):
    """Writes the rows of one table, each change in one transaction with its audit entry."""

    model: type[M]
    ruled_later: ClassVar[tuple[str, ...]] = ()
    """Columns whose rule is younger than their rows: what is there stays until it is changed."""

    def __init__(self, model: type[M]) -> None:
        self.model = model

    @property
    def references(self) -> tuple[str, ...]:
        """Relations whose row must belong to the same tenant, or to the platform and be shared."""
        fields = self.model._meta.concrete_fields
        return tuple(field.name for field in fields if field.is_relation and field.name != "tenant")

    def create(self, *, actor: Actor, values: Mapping[str, Any]) -> M:
        """Make a row from values by model field.

        Raises:
            Problem: 400 `invalid`, 403 `platform_row`.
        """
        with transaction.atomic():
            row = self.model(**self.columns(values))
            self.settle_tenant(row, actor)
            _stored(row)
            self.created(row, actor=actor, values=values)
            self.record(
                "created", row, actor, {name: plain(value) for name, value in self.state(row).items()}
            )
        return row

    def update(self, row: M, *, actor: Actor, values: Mapping[str, Any]) -> M:
        """Change a row; values that are not named stay.

        Raises:
            Problem: 400 `invalid`, 403 `platform_row`, 404 `not_found`.
        """
        need_own(row, actor)
        with transaction.atomic():
            current = self.locked(row.pk)
            before = self.state(current)
            for name, value in self.columns(values).items():
                setattr(current, name, value)
            self.settle_tenant(current, actor)
            state = self.state(current)
            kept = [name for name in self.ruled_later if state[name] == before[name]]
            _stored(current, but=kept)
            changes = _changes(before, self.state(current))
            self.updated(current, actor=actor, values=values, before=before)
            if changes or self.nested(values):
                self.record("updated", current, actor, {**changes, **self.nested(values)})
        return current

    def delete(self, row: M, *, actor: Actor) -> None:
        """Delete a row.

        Raises:
            Problem: 403 `platform_row`, 404 `not_found`, 409 `in_use`.
        """
        need_own(row, actor)
        with transaction.atomic():
            current = self.locked(row.pk)
            self.record("deleted", current, actor, {})
            try:
                self.remove(current, actor=actor)
            except ProtectedError as error:
                names = sorted({str(used._meta.verbose_name) for used in error.protected_objects})
                raise conflict(
                    "in_use",
                    f"This is still used by: {', '.join(names)}.",
                    hint="Delete or change those first.",
                ) from error

    # What single tables do besides, in the same transaction.

    def created(self, row: M, *, actor: Actor, values: Mapping[str, Any]) -> None:
        """Called after a row was made."""

    def updated(self, row: M, *, actor: Actor, values: Mapping[str, Any], before: JsonObject) -> None:
        """Called after a row was changed; `before` holds what it was."""

    def remove(self, row: M, *, actor: Actor) -> None:
        row.delete()

    def nested(self, values: Mapping[str, Any]) -> JsonObject:
        """What of `values` is no column of the table, as plain JSON for the audit trail."""
        return {}

    def locked(self, pk: Any) -> M:
        """The row as it is now, held until the transaction ends.

        Raises:
            Problem: 404 `not_found`: it was deleted meanwhile.
        """
        row = self.lockable().filter(pk=pk).first()
        if row is None:
            raise not_found("There is no such thing, or you cannot see it.")
        return row

    def lockable(self) -> QuerySet[M]:
        """The rows for `locked`."""
        return self.model._default_manager.select_for_update(of=("self",))

    def columns(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The part of `values` that are columns of the table."""
        fields = self.model._meta.concrete_fields
        names = {name for field in fields for name in (field.name, field.attname)}
        return {name: value for name, value in values.items() if name in names}

    def settle_tenant(self, row: M, actor: Actor) -> None:
        """Give a tenant's rows their tenant, and refuse another's.

        Raises:
            Problem: 400 `other_tenant`.
        """
        if not actor.is_platform:
            if isinstance(row, OwnedRow) and row.tenant_id is None:
                row.tenant_id = actor.tenant_id
            if tenant_of(row) != actor.tenant_id:
                raise bad_value(
                    "other_tenant",
                    "You can only make this for your own tenant.",
                    hint="Leave the tenant out.",
                    field="tenant",
                )
        self.check_references(row)

    def check_references(self, row: M) -> None:
        """Hold that what the row names belongs to its tenant.

        Raises:
            Problem: 400 `other_tenant`.
        """
        own = tenant_of(row)
        for name in self.references:
            named = getattr(row, name) if getattr(row, f"{name}_id") is not None else None
            if named is None or tenant_of(named) == own:
                continue
            shared = getattr(named, "shared_rows", None)
            if shared is not None and tenant_of(named) is None:
                continue
            raise bad_value(
                "other_tenant",
                "What is named here belongs to another tenant.",
                hint="Choose one of the same tenant.",
                field=public_name(self.model, name),
            )

    def state(self, row: M) -> JsonObject:
        """The columns of a row, for comparison and for the audit trail."""
        return {
            field.name: getattr(row, field.attname)
            for field in self.model._meta.concrete_fields
            if field.name not in ("is_demo", "updated_at")
        }

    def record(self, verb: str, row: M, actor: Actor, changes: JsonObject) -> None:
        audit.record(
            actor, verb, audit_target(self.model), str(row.pk), tenant_id=tenant_of(row), changes=changes
        )


def audit_target(model: type[Model]) -> str:
    """What the audit trail calls rows of a model."""
    return str(model._meta.verbose_name).lower().replace(" ", "_")


def _changes(before: JsonObject, after: JsonObject) -> JsonObject:
    return {name: [plain(before[name]), plain(after[name])] for name in after if before[name] != after[name]}
