"""What lists can be narrowed by: these names and no others, for pages and API alike."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django_filters.fields import IsoDateTimeField

from accounts.models import AuditEntry, CaughtMail, Tenant, User
from accounts.roles import Role
from common.ids import first_id_at

M = TypeVar("M", bound=Model)
LONGEST_SEARCH = 200
RANGES = {
    "1h": ("Last hour", timedelta(hours=1)),
    "24h": ("Last 24 hours", timedelta(hours=24)),
    "7d": ("Last 7 days", timedelta(days=7)),
    "30d": ("Last 30 days", timedelta(days=30)),
}
RANGE_CHOICES = [(key, label) for key, (label, _) in RANGES.items()]
ID_LAG = timedelta(minutes=1)
"""An id of version 7 is made within a minute of the time that its row tells."""


def narrowed(
    kind: type[django_filters.FilterSet], rows: QuerySet[M], query: Mapping[str, Any]
) -> QuerySet[M]:
    """The rows that meet what can be read of a page's query. The API refuses the rest; here it is left out."""
    known = (name for name in kind.base_filters if name in query)
    found = kind({name: str(query[name]).replace("\0", "").strip()[:LONGEST_SEARCH] for name in known}, rows)
    found.form.full_clean()
    left: QuerySet[M] = found.filter_queryset(rows)
    return left


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
    """Rows from a time on (`gte`), or until one (`lt`).

    Where ids tell the time they are asked, too: in their order an index gives the newest rows, however many there are.
    """

    field_class = MomentField

    def __init__(self, *args: Any, asks_ids: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_ids = asks_ids

    def filter(self, qs: QuerySet[M], value: datetime | None) -> QuerySet[M]:
        if value is not None and self.asks_ids:
            lag = -ID_LAG if self.lookup_expr == "gte" else ID_LAG
            qs = qs.filter(**{f"id__{self.lookup_expr}": first_id_at(value + lag)})
        found: QuerySet[M] = super().filter(qs, value)
        return found


class RangeFilter(django_filters.ChoiceFilter):
    """Rows of the last hours or days."""

    def __init__(self, since: MomentFilter) -> None:
        super().__init__(choices=RANGE_CHOICES)
        self.since = since

    def filter(self, qs: QuerySet[M], value: str) -> QuerySet[M]:
        return self.since.filter(qs, datetime.now(UTC) - RANGES[value][1]) if value else qs


class SearchFilter(django_filters.CharFilter):
    """Rows with the text anywhere in one of the fields, whatever the case."""

    def __init__(self, *fields: str) -> None:
        super().__init__(max_length=LONGEST_SEARCH)
        self.fields = fields

    def filter(self, qs: QuerySet[M], value: str) -> QuerySet[M]:
        wanted = Q()
        for field in self.fields:
            wanted |= Q(**{f"{field}__icontains": value})
        return qs.filter(wanted) if value else qs


class TenantFilter(django_filters.FilterSet):
    """`q` in the name."""

    q = SearchFilter("name")
    is_active = YesNoFilter()

    class Meta:
        model = Tenant
        fields = ()


class UserFilter(django_filters.FilterSet):
    """`q` in name or address; `role` and `tenant`."""

    q = SearchFilter("name", "email")
    role = django_filters.ChoiceFilter(choices=[(role.value, role.label) for role in Role])
    tenant = django_filters.NumberFilter(field_name="tenant_id", min_value=1, max_value=2**62)
    is_active = YesNoFilter()

    class Meta:
        model = User
        fields = ()


class MailFilter(django_filters.FilterSet):
    """`q` in the subject or in whom it is to."""

    q = SearchFilter("subject", "to")

    class Meta:
        model = CaughtMail
        fields = ()


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


def word_of(text: str) -> str:
    """A word of the trail as it is stored."""
    return text.strip()[:60].replace(" ", "_").lower()


class WordFilter(django_filters.CharFilter):
    """A word of the trail as people write it: “Saved draft” is `saved_draft`."""

    def filter(self, qs: QuerySet[M], value: str) -> QuerySet[M]:
        found: QuerySet[M] = super().filter(qs, word_of(value))
        return found


class AuditPageFilter(AuditFilter):
    """The page also takes words as people write them, `q` (who did it, or the thing's id) and `range`."""

    target, verb = WordFilter(), WordFilter()
    q = django_filters.CharFilter(method="search")
    range = django_filters.ChoiceFilter(choices=RANGE_CHOICES, method="in_range")

    def search(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        """Anywhere in the name, whatever the case."""
        return rows.filter(Q(actor_name__icontains=value) | Q(target_id=value))

    def in_range(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        """Ids rise with time: asked for by its first id, the list stays in the order of an index."""
        since = AuditEntry.objects.filter(at__gte=datetime.now(UTC) - RANGES[value][1])
        first = since.order_by("at").values_list("id", flat=True).first()
        return rows.filter(id__gte=first) if first is not None else rows.none()
