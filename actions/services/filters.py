"""What the list of credentials can be narrowed by, for pages and API alike."""

import django_filters

from accounts.services.filters import SearchFilter
from actions.models import Credential


class CredentialFilter(django_filters.FilterSet):
    """`q` in the name; one or several types."""

    q = SearchFilter("name")
    type = django_filters.BaseInFilter(field_name="type")

    class Meta:
        model = Credential
        fields = ()
