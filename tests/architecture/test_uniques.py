"""What is unique over all tenants tells whoever tries a value that another tenant has it.

So uniqueness stays within what one actor sees: a constraint names the tenant, or a row that belongs to one. What is
unique over everything is listed here, with the reason why nobody can probe it.
"""

import pytest
from django.apps import apps
from django.db.models import F, Field, ForeignKey, Model, UniqueConstraint

OURS = ("accounts", "flows", "inventory", "actions", "approvals", "jobs", "hooks")
OVER_EVERYTHING = {
    "accounts.Tenant.name": "only the platform names tenants",
    "accounts.Tenant.slug": "only the platform names tenants",
    "accounts.Scope.name": "only the platform names scopes",
    "accounts.ApiToken.prefix": "drawn at random",
    "accounts.KnownPlace.place": "a keyed hash",
    "accounts.CaughtMail.message_id": "made by the program",
    "accounts.IdempotencyRecord.scope+key": "the scope names the user",
    "approvals.Application.api_key": "drawn at random",
    "approvals.ApplicationToken.key": "drawn at random",
    "approvals.DecisionLink.token_hash": "a hash of what was drawn at random",
    "jobs.Command.name": "only the platform approves commands",
    "jobs.Service.name": "only the platform approves services",
    "flows.Event.dedup_hash": "the hash holds the tenant",
    "flows.Hook.key": "drawn at random",
    "inventory.AppliedEffect.key": "made by the program",
}


def uniques(model: type[Model]) -> dict[str, bool]:
    """What is unique in the model, and whether a related row bounds it."""
    found = {}
    for field in model._meta.local_fields:
        if field.unique and not field.primary_key and not field.one_to_one:
            found[field.name] = False
    for constraint in model._meta.constraints:
        if not isinstance(constraint, UniqueConstraint):
            continue
        names = [*constraint.fields, *(name for one in constraint.expressions for name in _named(one))]
        condition = " if no tenant" if constraint.condition is not None else ""
        found["+".join(names) + condition] = any(_is_related(model._meta.get_field(name)) for name in names)
    return found


def _named(expression) -> list[str]:
    if isinstance(expression, F):
        return [expression.name]
    return [name for part in expression.get_source_expressions() for name in _named(part)]


def _is_related(field: Field) -> bool:
    return isinstance(field, ForeignKey)


@pytest.mark.parametrize("model", [m for m in apps.get_models() if m._meta.app_label in OURS], ids=str)
def test_nothing_is_unique_beyond_what_one_tenant_sees(model: type[Model]):
    for name, is_bounded in uniques(model).items():
        label = f"{model._meta.label}.{name}"
        is_platforms = name.endswith(" if no tenant")  # tenants write no rows without a tenant
        assert is_bounded or is_platforms or label in OVER_EVERYTHING, label


def test_the_list_holds_no_more_than_there_is():
    there = {f"{model._meta.label}.{name}" for model in apps.get_models() for name in uniques(model)}
    assert set(OVER_EVERYTHING) - there == set()
