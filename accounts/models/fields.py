"""Columns for what people name things: every door leads through them, whatever form, API or import it is."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from common.names import check_name

if TYPE_CHECKING:  # generic to the type checker only
    Line = models.CharField[Any, str]
    Lines = models.TextField[Any, str]
    Address = models.EmailField[Any, str]
    Field = models.Field[Any, str]
else:
    Line, Lines, Address, Field = models.CharField, models.TextField, models.EmailField, object


class Checked(Field):
    """Mixin: what is stored, by `save`, in bulk or by `update`, passes the check of names. Look-ups do not."""

    has_lines: ClassVar[bool] = False

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """The value composed.

        Raises:
            Problem: 400 `hidden_character`.
        """
        if isinstance(value, str):
            called = str(self.verbose_name)
            value = check_name(value, called=called, field=self.name, lines=self.has_lines)
        return super().get_db_prep_save(value, connection)

    def deconstruct(self) -> Any:
        """As the plain column that it is to the database: the check needs no migration."""
        name, _, args, options = super().deconstruct()
        plain = next(
            kind for kind in (models.EmailField, models.CharField, models.TextField) if isinstance(self, kind)
        )
        return name, f"django.db.models.{plain.__name__}", args, options


class NameField(Checked, Line):
    """A name, a label or a title: one line."""


class AddressField(Checked, Address):
    """A mail address."""


class DescriptionField(Checked, Lines):
    """A text of several lines that says what something is for."""

    has_lines = True
