"""The life-cycle trigger."""

from typing import get_args

import pytest
from pydantic import ValidationError

from actions.nodes.triggers.life_cycle import EventChoice, LifeCycleTrigger
from flows.sdk import LIFE_CYCLE_EVENTS, Among, EventTrigger
from flows.sdk.testing import configured


def listened(**config):
    return LifeCycleTrigger().listens_to(configured(LifeCycleTrigger, config))


def test_it_offers_the_five_events():
    assert get_args(EventChoice) == LIFE_CYCLE_EVENTS


def test_without_filters_it_hears_all():
    assert listened(event="workflow_queued") == EventTrigger("workflow_queued")
    assert listened(event="workflow_queued", kinds=[], flows=[], tenants=[]) == EventTrigger(
        "workflow_queued"
    )


def test_each_filter_becomes_a_look_up():
    spec = listened(event="workflow_failed", kinds=["job", "task"], flows=["Install"], tenants=["Acme"])
    assert [(asked.fields, asked.values, asked.platform_field) for asked in spec.among] == [
        (("kind",), ("job", "task"), ""),
        (("workflow_id", "blueprint_id"), ("Install",), ""),
        (("tenant_name",), ("Acme",), "tenants"),
    ]
    assert all(isinstance(asked, Among) for asked in spec.among)


@pytest.mark.parametrize(
    "config",
    [
        {"event": "server.created"},
        {"kinds": ["run"]},
        {"flows": [""]},
        {"flows": ["x" * 201]},
        {"flows": ["x"] * 101},
        {"tenants": [7]},
    ],
)
def test_what_it_does_not_know_is_refused(config):
    with pytest.raises(ValidationError):
        configured(LifeCycleTrigger, {"event": "workflow_failed", **config})


def test_the_summary_says_what_happens_to_what():
    config = configured(LifeCycleTrigger, {"event": "workflow_failed", "kinds": ["job"], "flows": ["Backup"]})
    assert LifeCycleTrigger().summary(config) == "Run of a job fails, Backup"
    assert LifeCycleTrigger().summary(configured(LifeCycleTrigger, {})) == "Anything fails"
