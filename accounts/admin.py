"""Tenants and users in Django's admin. Changes go through the services, so they are audited and tell their signals."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from accounts.actors import actor_of
from accounts.admin_base import ServiceAdmin
from accounts.models import ApiToken, AuditEntry, Scope, Tenant, User
from accounts.services import scopes, tenants, tokens, users

admin.site.unregister(Group)
admin.site.site_header = admin.site.site_title = "hookflow"


@admin.register(Tenant)
class TenantAdmin(ServiceAdmin):
    list_display = ("name", "slug", "is_active", "created_at")
    search_fields = ("name", "slug")
    fields = ("name", "slug", "is_active")

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        values = {field: form.cleaned_data[field] for field in form.changed_data}
        if change:
            tenants.update(actor_of(request), obj, values)
        else:
            obj.pk = tenants.create(actor_of(request), values).pk

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        tenants.delete(actor_of(request), obj)


@admin.register(Scope)
class ScopeAdmin(ServiceAdmin):
    list_display = ("name", "is_everyone")
    search_fields = ("name",)
    fields = scopes.FIELDS

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        values = {field: form.cleaned_data[field] for field in form.changed_data}
        if change:
            scopes.update(actor_of(request), obj, values)
        else:
            obj.pk = scopes.create(actor_of(request), values).pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: the service has set the tenants."""

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        scopes.delete(actor_of(request), obj)


@admin.register(User)
class UserAdmin(ServiceAdmin):
    """Users. A new one who can sign in gets a one-time password, which a message shows once."""

    list_display = ("email", "name", "role", "tenant", "is_active", "last_login")
    list_select_related = ("tenant",)
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")
    fields = (
        "email",
        "name",
        "role",
        "permissions",
        "tenant",
        "scope",
        "permission",
        "is_active",
        "register",
        "last_login",
    )
    readonly_fields = ("register", "last_login")

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        actor = actor_of(request)
        if change:
            users.update(actor, obj, {field: form.cleaned_data[field] for field in form.changed_data})
            return
        made, password = users.create(actor, {field: form.cleaned_data[field] for field in users.FIELDS})
        obj.pk = made.pk
        if password:
            self.message_user(request, f"One-time password of {made.email}: {password}")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        users.delete(actor_of(request), obj)


@admin.register(ApiToken)
class ApiTokenAdmin(ServiceAdmin):
    """Tokens, to look at and to end."""

    list_display = ("name", "prefix", "user", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    actions = ("revoke",)
    is_read_only = True

    @admin.action(description="Revoke the chosen tokens", permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for token in queryset:
            tokens.revoke(actor_of(request), token)


@admin.register(AuditEntry)
class AuditEntryAdmin(ServiceAdmin):
    list_display = ("at", "actor_name", "way", "verb", "target", "target_id", "tenant")
    list_select_related = ("tenant",)
    list_filter = ("target", "verb")
    is_read_only = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Newest first, without counting by name."""
        return super().get_queryset(request).order_by("-id")
