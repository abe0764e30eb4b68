"""Fields of the API that show values as flows see them."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.actors import actor_of
from accounts.scope import readable
from inventory.columns import plain


@extend_schema_field(OpenApiTypes.NUMBER)
class MoneyField(serializers.DecimalField):
    """An amount: shown as a number, read from a number or a text."""

    def to_representation(self, value: Any) -> Any:
        """The amount as flows see it."""
        return plain(value if isinstance(value, Decimal) else Decimal(str(value)))


@extend_schema_field({"type": "integer", "enum": [0, 1]})
class FlagField(serializers.BooleanField):
    """Yes or no, shown as 1 or 0."""

    def to_representation(self, value: Any) -> Any:
        """1 or 0."""
        return int(bool(value))


class ReachableField(serializers.PrimaryKeyRelatedField[Any]):
    """The id of a row that the actor can reach; any other is unknown."""

    def get_queryset(self) -> QuerySet[Any] | None:
        rows = super().get_queryset()
        request = self.context.get("request")
        if rows is None or request is None or getattr(self.context.get("view"), "swagger_fake_view", False):
            return rows
        return readable(rows, actor_of(request))
