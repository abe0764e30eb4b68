"""The bodies of the inventory's API, made from the tables' columns."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, cast

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.actors import Actor
from accounts.api.strict import NameField, StrictModelSerializer, StrictSerializer
from flows.sdk import JsonObject
from inventory.api.fields import FlagField, MoneyField, ReachableField
from inventory.columns import Column, Table
from inventory.models import (
    BalanceEntry,
    NetworkInterface,
    ResourceType,
    Server,
    ServerCharge,
    TicketMessage,
)
from inventory.services.gate import operation_of
from inventory.tables import SERVER, TICKETS


def customer_in(context: Mapping[str, Any]) -> Actor | None:
    """The actor of a request that reaches own rows only; None for everyone else."""
    actor = getattr(context.get("request"), "auth", None)
    return actor if isinstance(actor, Actor) and actor.is_own_only else None


class RowSerializer(StrictModelSerializer):
    """A row under its public names. Uniqueness and rules across fields are the services'."""

    table: ClassVar[Table | None] = None

    serializer_related_field = ReachableField
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: NameField,
        models.DecimalField: MoneyField,
        models.BooleanField: FlagField,
    }

    def get_fields(self) -> dict[str, Any]:
        """Without what is not for the customer whom the row is about."""
        fields: dict[str, Any] = super().get_fields()
        customer = customer_in(self.context)
        if customer and self.table:
            seen = {column.name for column in self.table.columns_for(customer)}
            hidden = {column.name for column in self.table.columns} - seen
            return {name: field for name, field in fields.items() if name not in hidden}
        return fields


@cache
def serializer_for(table: Table, base: type[RowSerializer] = RowSerializer) -> type[RowSerializer]:
    """The serializer of a table; `base` may bring further fields."""
    nested = tuple(base._declared_fields)
    meta = type(
        "Meta",
        (),
        {
            "model": table.model_class,
            "fields": (*(column.name for column in table.columns), *nested),
            "extra_kwargs": {column.name: _kwargs(column) for column in table.columns},
            "validators": [],
        },
    )
    name = f"{table.model_class.__name__}Serializer"
    described = {"Meta": meta, "table": table, "__doc__": f"A row of {table.label}.", "__module__": __name__}
    return cast(type[RowSerializer], type(name, (base,), described))


def _kwargs(column: Column) -> dict[str, Any]:
    kwargs: dict[str, Any] = {"help_text": column.shape.description}
    if column.model_field != column.name:
        kwargs["source"] = column.model_field
    if not column.is_writable:
        kwargs["read_only"] = True
    return kwargs


class InterfaceSerializer(RowSerializer):
    """A network interface of a server."""

    class Meta:
        model = NetworkInterface
        fields = ("number", "name", "vlan_tag", "rate_limit")
        validators: tuple[object, ...] = ()  # numbers are compared within the list


class ServerChargeSerializer(StrictSerializer):
    """What a server is charged for."""

    id = serializers.IntegerField(read_only=True)
    amount = MoneyField(max_digits=12, decimal_places=2)
    description = NameField(max_length=500, allow_blank=True, required=False)
    serverType = serializers.ChoiceField(  # the platform's own name
        choices=ServerCharge.ServerType.choices, source="server_type", required=False
    )


class OperationSerializer(serializers.Serializer[Any]):
    """The operation that a server waits for, or that is at work on it."""

    task = serializers.UUIDField()
    state = serializers.CharField(help_text="QUEUEING: it waits for review; PENDING; STARTED")


class _ServerBase(RowSerializer):
    operation = serializers.SerializerMethodField()
    interfaces = InterfaceSerializer(many=True, required=False, max_length=32)  # type: ignore[call-arg]  # the list's
    charges = ServerChargeSerializer(many=True, required=False, max_length=500)  # type: ignore[call-arg]

    @extend_schema_field(OperationSerializer(allow_null=True))
    def get_operation(self, server: Server) -> JsonObject | None:
        return operation_of(server)

    def validate_interfaces(self, interfaces: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each number once."""
        if len({entry["number"] for entry in interfaces}) < len(interfaces):
            raise serializers.ValidationError("Two interfaces have the same number.", code="not_unique")
        return interfaces


class _NewTicketBase(RowSerializer):
    content = serializers.CharField(max_length=100_000, write_only=True, help_text="The first message")

    def get_fields(self) -> dict[str, Any]:
        """A customer asks for nobody else, and does not say how far it is."""
        fields: dict[str, Any] = super().get_fields()
        if customer_in(self.context):
            fields["creator_id"].required = False
            fields["status"].read_only = True
        return fields


class BalanceEntrySerializer(serializers.ModelSerializer[BalanceEntry]):
    """One change of a balance."""

    amount = MoneyField(max_digits=12, decimal_places=2)

    class Meta:
        model = BalanceEntry
        fields = ("id", "amount", "description", "made_by", "created_at")
        read_only_fields = fields

    def get_fields(self) -> dict[str, Any]:
        """A customer does not read who of the staff it was."""
        fields: dict[str, Any] = super().get_fields()
        if customer_in(self.context):
            del fields["made_by"]
        return fields


class AmountSerializer(StrictSerializer):
    """How much to add or remove."""

    amount = MoneyField(max_digits=12, decimal_places=2)
    description = NameField(max_length=500, allow_blank=True, required=False, default="")


class MessageSerializer(StrictModelSerializer):
    """A message of a ticket."""

    class Meta:
        model = TicketMessage
        fields = ("id", "author", "content", "created_at")
        read_only_fields = ("author", "created_at")


class AssignmentSerializer(StrictSerializer):
    """A thing that carries a tag."""

    resource_type = serializers.ChoiceField(choices=ResourceType.choices)
    resource_id = serializers.IntegerField(min_value=1, max_value=2**62)


ServerSerializer = serializer_for(SERVER, _ServerBase)
NewTicketSerializer = serializer_for(TICKETS, _NewTicketBase)
NewTicketSerializer.__name__ = "NewTicketSerializer"
