"""What a run is called: from the payload's own names, or by the flow's template."""

import time
from typing import Any

import pytest

from flows.engine.subject import MAX_SUBJECT, MAX_SUBJECT_COLUMN, plain_subject, templated_subject
from flows.expressions.slots import compile_slot
from flows.sdk import event_types
from flows.sdk.config import Slot


@pytest.mark.parametrize(
    ("payload", "subject"),
    [
        ({"id": 7, "name": "Web", "hostname": "web-1"}, "web-1"),
        ({"id": 7, "email": "a@example.org", "name": "Ada"}, "Ada"),
        ({"title": "Disk full", "email": "a@example.org"}, "Disk full"),
        ({"email": "a@example.org", "id": 3}, "a@example.org"),
        ({"id": 3}, "3"),
        ({"id": "0f0e"}, "0f0e"),
        ({"data": {"hostname": "web-2"}, "id": 9}, "web-2"),
        ({"hostname": None, "name": "  ", "id": 9}, "9"),
        ({"hostname": {"x": 1}, "name": ["a"], "title": True}, ""),
        ({"name": "one\n two\tthree"}, "one two three"),
        ({}, ""),
    ],
)
def test_the_most_telling_name_is_taken(payload: dict[str, Any], subject: str) -> None:
    assert plain_subject(payload) == subject


def test_every_sample_of_the_program_has_a_subject() -> None:
    assert [kind.name for kind in event_types.values() if not plain_subject(dict(kind.sample))] == []


@pytest.mark.parametrize(
    "text", ["x" * 10_000_000, "\u202e" * 5_000, "\x1b[31m" * 5_000, "\U0001f600" * 5_000]
)
def test_it_is_short_and_printable_whatever_comes(text: str) -> None:
    for subject in (
        plain_subject({"hostname": text}),
        templated_subject(compile_slot(Slot.TEXT, "{{ hostname }}"), {"hostname": text}),
    ):
        assert len(subject) <= MAX_SUBJECT_COLUMN
        assert subject.isprintable()


def test_a_large_payload_costs_no_more_than_a_small_one() -> None:
    payload = {f"k{number}": {"a": number} for number in range(200_000)}
    began = time.perf_counter()
    for _ in range(100):
        plain_subject(payload)
    assert time.perf_counter() - began < 0.5


def test_secrets_beside_their_names_are_masked() -> None:
    assert "hunter2" not in plain_subject({"message": "login with password=hunter2 failed"})
    template = compile_slot(Slot.TEXT, "{{ user.password }} {{ user.name }}")
    assert templated_subject(template, {"user": {"password": "hunter2", "name": "Ada"}}) == "******** Ada"
    whole = compile_slot(Slot.TEXT, "{{ record }}")
    assert "hunter2" not in templated_subject(whole, {"password": "hunter2"})


@pytest.mark.parametrize(
    ("template", "subject"),
    [
        ("{{ hostname }} ({{ ram }} MB)", "web-1 (4096 MB)"),
        ("Nightly", "Nightly"),
        ("{{ missing }}", "web-1"),
        ("{{ ' ' }}", "web-1"),
        ("{{ missing | default('none') }}", "none"),
        ("{{ hostname + 1 }}", "web-1"),
        ("{{ large }}", "web-1"),
    ],
)
def test_a_template_that_gives_nothing_leaves_the_plain_subject(template: str, subject: str) -> None:
    payload = {"hostname": "web-1", "ram": 4096, "large": "x" * 100_000}
    assert templated_subject(compile_slot(Slot.TEXT, template), payload) == subject
    assert len(subject) <= MAX_SUBJECT
