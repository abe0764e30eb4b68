"""The names of life-cycle events, and the context that the original hands to implementations."""

import re

from flows.sdk import LIFE_CYCLE_EVENTS, LifeCycle, event_types, original_context
from flows.sdk.life_cycle import error_text, sentence

CONTEXT = [
    "message_type", "is_system_workflow", "blueprint_id", "deployment_id", "execution_id", "workflow_id",
    "tenant_name", "rest_token", "execution_parameters", "event_type", "timestamp", "arguments",
]  # fmt: skip


def sample(event: str) -> dict:
    return dict(event_types.get(event).sample)


def test_the_five_names_are_the_originals() -> None:
    assert LIFE_CYCLE_EVENTS == (
        "workflow_queued", "workflow_started", "workflow_succeeded", "workflow_failed", "workflow_cancelled",
    )  # fmt: skip


def test_each_is_a_reserved_type_of_the_catalogue() -> None:
    assert all(event_types.get(name).is_reserved for name in LIFE_CYCLE_EVENTS)


def test_the_context_has_the_originals_keys_and_no_others() -> None:
    record = {**sample("workflow_started"), "added": 1}
    assert list(original_context(record)) == CONTEXT


def test_a_context_of_a_record_that_lost_fields_still_has_every_key() -> None:
    assert list(original_context({})) == CONTEXT


def test_only_a_failure_has_arguments() -> None:
    assert {name: sample(name)["arguments"] is not None for name in LIFE_CYCLE_EVENTS} == {
        name: name == "workflow_failed" for name in LIFE_CYCLE_EVENTS
    }
    assert error_text(sample("workflow_failed")).startswith("backup")
    assert error_text(sample("workflow_started")) is None
    assert error_text({"arguments": ["error"]}) is None


def test_the_timestamp_is_utc_to_the_millisecond() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", sample("workflow_queued")["timestamp"])


def test_sentences_are_the_originals() -> None:
    assert [sentence(event, "install", error="boom") for event in LifeCycle] == [
        "'install' workflow execution was queued",
        "Starting 'install' workflow execution",
        "'install' workflow execution succeeded",
        "'install' workflow execution failed: boom",
        "'install' workflow execution cancelled",
    ]
    assert sentence(LifeCycle.STARTED, "install", is_resumed=True) == "Resuming 'install' workflow execution"


def test_a_name_like_a_placeholder_is_a_name() -> None:
    assert (
        sentence(LifeCycle.FAILED, "{error}", error="{name}") == "'{error}' workflow execution failed: {name}"
    )
