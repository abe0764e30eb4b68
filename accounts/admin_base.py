"""What all model admins share: services write, and what they refuse becomes a message."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.deletion import ProtectedError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from common.problems import Problem

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:  # generic to the type checker only
    Base = admin.ModelAdmin


class ServiceAdmin(Base):
    """Override `save_model` and `delete_model` to call services. A `Problem` undoes the change and is shown.

    `is_read_only = True` leaves only the looking.
    """

    is_read_only: ClassVar[bool] = False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; back to it with a message when the service refuses."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Problem as problem:
            return self._refused(request, problem.told)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The question; back to it with a message when the service refuses."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except Problem as problem:
            return self._refused(request, problem.told)
        except ProtectedError:
            return self._refused(request, "Other things still belong to it.")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """One by one, so that each is checked and audited; what is refused stays, with a message."""
        for row in queryset:
            try:
                self.delete_model(request, row)
            except Problem as problem:
                messages.error(request, f"{row}: {problem.message}")
            except ProtectedError:
                messages.error(request, f"{row}: other things still belong to it.")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """What the list's own filters write into the address, and nothing else.

        Django would allow every look-up of every own column, such as the first letters of a password's hash.
        """
        shown = self.list_filter if request is None else self.get_list_filter(request)
        return lookup in {name for item in shown for name in _look_ups(item)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not self.is_read_only and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not when read only."""
        return not self.is_read_only and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.is_read_only and super().has_delete_permission(request, obj)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The audit trail holds it; Django's own log would be a second, thinner one."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """As `log_addition`."""

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """As `log_addition`."""

    def construct_change_message(
        self, request: HttpRequest, form: Form, formsets: Any, add: bool = False
    ) -> list[dict[str, dict[str, list[str]]]]:
        return []

    def _refused(self, request: HttpRequest, text: str) -> HttpResponse:
        messages.error(request, text)
        return HttpResponseRedirect(request.path)


def _look_ups(item: Any) -> set[str]:
    """What a filter of a list may ask for, by the field or the class that it is made of."""
    if isinstance(item, type):
        return {str(getattr(item, "parameter_name", ""))}
    field = item[0] if isinstance(item, list | tuple) else str(item)
    return {
        field,
        *(f"{field}__{ending}" for ending in ("exact", "isnull", "id__exact", "pk__exact", "gte", "lt")),
    }
