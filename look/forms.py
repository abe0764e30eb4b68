"""The form that every page's form derives from."""

from typing import Any

from django import forms

from common.problems import Problem

CLASSES: dict[type[forms.Widget], str] = {
    forms.Select: "form-select",
    forms.CheckboxInput: "form-check-input",
    forms.CheckboxSelectMultiple: "form-check-input",
}


class SiteForm(forms.Form):
    """A form whose fields carry Tabler's classes, and that takes a service's problem as a field's error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", CLASSES.get(type(field.widget), "form-control"))

    def add_problem(self, problem: Problem) -> None:
        """Show what a service refused, at the field that it names or in which that one lies."""
        field = (problem.field or "").split(".")[0]
        self.add_error(field if field in self.fields else None, problem.told)
