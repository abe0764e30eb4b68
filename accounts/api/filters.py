"""What lists can be narrowed by: these names and no others."""

import django_filters
from django.db.models import Q, QuerySet

from accounts.models import AuditEntry, Tenant, User
from accounts.roles import Role


class TenantFilter(django_filters.FilterSet):
    """`q` in the name."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=120)

    class Meta:
        model = Tenant
        fields = ("is_active",)


class UserFilter(django_filters.FilterSet):
    """`q` in name or address; `role` and `tenant`."""

    q = django_filters.CharFilter(method="search", max_length=120)
    role = django_filters.ChoiceFilter(choices=[(role.value, role.label) for role in Role])
    tenant = django_filters.NumberFilter(field_name="tenant_id", min_value=1, max_value=2**62)

    class Meta:
        model = User
        fields = ("is_active",)

    def search(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Anywhere in name or address, whatever the case."""
        return rows.filter(Q(name__icontains=value) | Q(email__icontains=value))


class AuditFilter(django_filters.FilterSet):
    """By the thing, the doing, the one who did it, and the time."""

    target = django_filters.CharFilter(max_length=60)
    target_id = django_filters.CharFilter(max_length=64)
    verb = django_filters.CharFilter(max_length=60)
    actor_id = django_filters.NumberFilter(min_value=1, max_value=2**62)
    since = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    until = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = AuditEntry
        fields = ()
