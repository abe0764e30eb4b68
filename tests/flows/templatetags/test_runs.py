"""The state of a run in words, colours and icons."""

from django.template import Context, Template

from flows.engine.states import RunStatus, StepStatus
from flows.templatetags.runs import STATUS_LOOKS
from tests.look.test_icons import BUNDLED


def test_every_status_has_a_look() -> None:
    assert {*RunStatus, *StepStatus} <= set(STATUS_LOOKS)


def test_every_icon_of_a_status_is_bundled() -> None:
    assert {icon for _, _, icon in STATUS_LOOKS.values()} <= BUNDLED


def test_statuses_that_are_not_known_stay_readable() -> None:
    assert "Unknown" in Template('{% load runs %}{% status_badge "odd" %}').render(Context())
