"""The platform's tables in Django's admin. Every change goes through the tables' writers."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest

from accounts.actors import actor_of
from accounts.admin_base import ServiceAdmin
from inventory.columns import Table
from inventory.models import (
    AppliedEffect,
    BalanceEntry,
    NetworkInterface,
    ServerCharge,
    TagAssignment,
    TicketMessage,
)
from inventory.services.writers import writer_of
from inventory.tables import TABLES

if TYPE_CHECKING:
    Inline = admin.TabularInline[Any, Any]
else:  # generic to the type checker only
    Inline = admin.TabularInline


class LookOnly(Inline):
    """What belongs to a row; its own API and pages change it."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _inline(shown: type[Any]) -> type[LookOnly]:
    return type(f"{shown.__name__}Inline", (LookOnly,), {"model": shown})


INLINES = {
    "servers": [_inline(NetworkInterface), _inline(ServerCharge)],
    "balances": [_inline(BalanceEntry)],
    "tags": [_inline(TagAssignment)],
    "tickets": [_inline(TicketMessage)],
}


class TableAdmin(ServiceAdmin):
    table: Table
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        actor, writer = actor_of(request), writer_of(self.table.model_class)
        if change:
            values = {name: form.cleaned_data[name] for name in form.changed_data}
            before = self.table.model_class._default_manager.get(pk=obj.pk)
            writer.update(before, actor=actor, values=values)
        else:
            obj.pk = writer.create(actor=actor, values=form.cleaned_data).pk

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        writer_of(self.table.model_class).delete(obj, actor=actor_of(request))

    def save_formset(
        self, request: HttpRequest, form: Any, formset: "BaseModelFormSet[Any, Any]", change: bool
    ) -> None:
        """Nothing: what belongs to a row is only shown."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Some rows stay as they were written."""
        return self.table.is_changeable and super().has_change_permission(request, obj)


class TicketAdmin(TableAdmin):
    """Tickets; the API and flows open them, with their first message."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Not here: a ticket begins with a message."""
        return False


class EffectAdmin(ServiceAdmin):
    """What steps did to our own database, to look at."""

    list_display = ("key", "created_at")
    search_fields = ("key",)
    is_read_only = True


def _register(table: Table) -> None:
    base = TicketAdmin if table.route == "tickets" else TableAdmin
    relations = [field.name for field in table.model_class._meta.fields if field.is_relation]
    options = {
        "table": table,
        "inlines": INLINES.get(table.route, []),
        "list_display": [column.model_field for column in table.listed_columns],
        "list_select_related": relations or False,
        "search_fields": table.search,
        "raw_id_fields": [name for name in relations if name != "tenant"],
        "ordering": ("-id",),
    }
    admin.site.register(table.model_class, type(f"{table.model_class.__name__}Admin", (base,), options))


for _table in TABLES:
    _register(_table)
admin.site.register(AppliedEffect, EffectAdmin)
