"""What every form of the site does."""

import pytest
from django import forms

from common.problems import Problem
from look.forms import SiteForm


class OrderForm(SiteForm):
    name = forms.CharField()
    size = forms.ChoiceField(choices=[("s", "Small")])
    extras = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, choices=[("x", "X")])


def test_inputs_carry_the_class_that_tabler_knows_them_by():
    css = {name: field.widget.attrs["class"] for name, field in OrderForm().fields.items()}
    assert css == {"name": "form-control", "size": "form-select", "extras": "form-check-input"}


@pytest.mark.parametrize(
    ("named", "shown"), [("name", "name"), ("size.unit", "size"), ("other", "__all__"), (None, "__all__")]
)
def test_what_a_service_refused_stands_at_the_field_that_it_names(named, shown):
    form = OrderForm({"name": "a", "size": "s", "extras": ["x"]})
    form.add_problem(Problem(422, "odd", "That is odd.", hint="Try less.", field=named))
    assert form.errors == {shown: ["That is odd. Try less."]}
