"""What lists can be narrowed by: these names and no others."""

from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django_filters.fields import IsoDateTimeField

from accounts.models import AuditEntry, Tenant, User
from accounts.roles import Role


class YesNoField(forms.Field):
    """`true` or `false`; Django's own takes any other word for no choice at all."""

    def to_python(self, value: Any) -> bool | None:
        """The choice; None when there is none."""
        word = str(value or "").lower()
        if word not in ("", "true", "false", "1", "0"):
            raise ValidationError("Write true or false.", code="invalid")
        return word in ("true", "1") if word else None


class YesNoFilter(django_filters.BooleanFilter):
    """Rows of which it is so, or is not so."""

    field_class = YesNoField


class MomentField(IsoDateTimeField):
    """A time that every database can hold, in whatever zone."""

    def to_python(self, value: Any) -> datetime | None:
        """The time; None when there is none."""
        moment: datetime | None = super().to_python(value)
        if moment is not None and not 1900 <= moment.year <= 9998:
            raise ValidationError("Write a year from 1900 to 9998.", code="invalid")
        return moment


class MomentFilter(django_filters.IsoDateTimeFilter):
    """Rows from a time on, or until one."""

    field_class = MomentField


class TenantFilter(django_filters.FilterSet):
    """`q` in the name."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=120)
    is_active = YesNoFilter()

    class Meta:
        model = Tenant
        fields = ()


class UserFilter(django_filters.FilterSet):
    """`q` in name or address; `role` and `tenant`."""

    q = django_filters.CharFilter(method="search", max_length=120)
    role = django_filters.ChoiceFilter(choices=[(role.value, role.label) for role in Role])
    tenant = django_filters.NumberFilter(field_name="tenant_id", min_value=1, max_value=2**62)
    is_active = YesNoFilter()

    class Meta:
        model = User
        fields = ()

    def search(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Anywhere in name or address, whatever the case."""
        return rows.filter(Q(name__icontains=value) | Q(email__icontains=value))


class AuditFilter(django_filters.FilterSet):
    """By the thing, the doing, the one who did it, and the time."""

    target = django_filters.CharFilter(max_length=60)
    target_id = django_filters.CharFilter(max_length=64)
    verb = django_filters.CharFilter(max_length=60)
    actor_id = django_filters.NumberFilter(min_value=1, max_value=2**62)
    since = MomentFilter(field_name="at", lookup_expr="gte")
    until = MomentFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = AuditEntry
        fields = ()
