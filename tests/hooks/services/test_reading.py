"""What stands in a hooks.conf, and what is wrong where."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hooks.services.reading import MOST_BYTES, MOST_HOOKS, Hook, HooksFile, Level, Located, read_hooks

SEED = Path(__file__).parents[1] / "seed"
PLUGIN = (SEED / "plugin.conf").read_text()
SNMP = (SEED / "snmp.conf").read_text()
GOOD = "  - event_type: workflow_started\n    implementation: module.function\n"


def only(text: str | bytes) -> Located:
    found = read_hooks(text)
    assert len(found.problems) == 1, found.problems
    return found.problems[0]


def test_the_first_example_ends_in_a_line_that_yaml_refuses() -> None:
    found = read_hooks(PLUGIN)
    problem = only(PLUGIN)
    assert not found.is_readable
    assert (problem.code, problem.line, problem.column) == ("bad_yaml", 14, 3)
    assert "Remove it" in problem.hint


def test_the_first_example_reads_without_that_line() -> None:
    found = read_hooks(PLUGIN.replace("  ...\n", ""))
    assert found.problems == []
    assert [hook.event_type for hook in found.hooks] == ["workflow_started", "workflow_succeeded"]
    assert found.hooks[1] == Hook(
        "workflow_succeeded",
        "cloudify-fabric-plugin.fabric_plugin.tasks.run_task",
        {"tasks_file": "/tmp/fabric_test/tasks.py", "task_name": "test_succeeded_task"},
        "A test task for workflow_succeeded",
        line=8,
        number=2,
    )


def test_the_second_example_reads_as_it_is() -> None:
    found = read_hooks(SNMP)
    assert found.problems == []
    assert [hook.event_type for hook in found.hooks] == [
        "workflow_started", "workflow_succeeded", "workflow_failed",
    ]  # fmt: skip
    for hook in found.hooks:
        assert hook.implementation == "cloudify.snmp.snmp_trap.send_snmp_trap"
        assert hook.inputs == {
            "destination_address": "10.239.0.109",
            "destination_port": 162,
            "community_string": "testcommunity",
        }


@pytest.mark.parametrize("text", ["", "# no hooks\n", "hooks:\n", "hooks: []\n", "---\n...\n", "null\n"])
def test_a_file_without_hooks_has_none_and_no_problem(text: str) -> None:
    assert read_hooks(text) == HooksFile()


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("hooks:\n\t- a: 1\n", "bad_yaml", 2, 1),
        ("hooks: [\n", "bad_yaml", 2, 1),
        ("hooks: []\n---\nhooks: []\n", "bad_yaml", 2, 1),
        ("hooks: *nothing\n", "bad_yaml", 1, 8),
        ("hooks: &a [*a]\n", "bad_yaml", 1, 12),
        ("hooks: \x07\n", "bad_yaml", 1, 8),
        ('hooks: "\\UFFFFFFFF"\n', "bad_yaml", 1, 1),
        ("hooks:\n  - <<: 3\n", "bad_yaml", 2, 5),
        ("hooks:\n  - [1]: 3\n", "bad_yaml", 2, 5),
        ("- a\n", "not_a_mapping", 1, 1),
        ("just text\n", "not_a_mapping", 1, 1),
        ("other: 1\nhooks:\n  a: 1\n", "not_a_list", 2, 1),
        ("hooks: text\n", "not_a_list", 1, 1),
        (b"hooks:\n  - caf\xe9\n", "not_utf8", 2, 8),
        ("\ufeffhooks:\n" + "[" * 30, "too_much", 2, 20),
        ("x" * (MOST_BYTES + 1), "file_too_large", 1, 1),
        ("hooks:\n" + GOOD * (MOST_HOOKS + 1), "too_many_hooks", 2 + 2 * MOST_HOOKS, 5),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    text: str | bytes, code: str, line: int, column: int
) -> None:
    found = read_hooks(text)
    problem = found.problems[-1]
    assert (problem.code, problem.line, problem.column) == (code, line, column)
    assert (found.hooks, found.is_readable) == ([], False)


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("  - text\n", "entry_not_a_mapping"),
        ("  -\n", "entry_not_a_mapping"),
        ("  - !!python/object:os.system {}\n", "entry_not_a_mapping"),
        ("  - implementation: a.b\n", "missing_event_type"),
        ("  - event_type: workflow_failed\n", "missing_implementation"),
        ("  - {event_type: workflow_failed, implementation: }\n", "missing_implementation"),
        ("  - {event_type: workflow_failed, implementation: 12}\n", "bad_implementation"),
        ("  - {event_type: [a], implementation: a.b}\n", "bad_event_type"),
        ("  - {event_type: workflow_failed, implementation: a.b, inputs: [1]}\n", "inputs_not_a_mapping"),
        ("  - {event_type: workflow_failed, implementation: a.b, inputs: {a: .nan}}\n", "bad_value"),
        ("  - {event_type: workflow_failed, implementation: a.b, inputs: {a: !!binary aGk=}}\n", "bad_value"),
        (
            f"  - {{event_type: workflow_failed, implementation: a.b, inputs: {{a: {'9' * 30}}}}}\n",
            "bad_value",
        ),
        ('  - {event_type: workflow_failed, implementation: a.b, inputs: {a: "\\0"}}\n', "bad_value"),
        ('  - {event_type: workflow_failed, implementation: a.b, inputs: {a: "\\uD800"}}\n', "bad_value"),
    ],
)
def test_a_broken_hook_takes_only_itself_away(entry: str, code: str) -> None:
    found = read_hooks(f"hooks:\n{GOOD}{entry}{GOOD}")
    assert [hook.number for hook in found.hooks] == [1, 3]
    assert [(one.code, one.line, one.entry, one.level) for one in found.problems] == [
        (code, 4, 2, Level.ERROR)
    ]
    assert found.is_readable


def test_an_event_type_that_nothing_has_never_runs() -> None:
    found = read_hooks(f"hooks:\n  - {{event_type: test_event_type, implementation: a.b}}\n{GOOD}")
    assert [hook.number for hook in found.hooks] == [2]
    assert [(one.code, one.level, one.line) for one in found.problems] == [
        ("unknown_event_type", Level.WARNING, 2)
    ]


def test_keys_that_nobody_reads_are_said_and_harm_nothing() -> None:
    found = read_hooks(f"version: 1\nhooks:\n{GOOD}    executor: host_agent\n")
    assert len(found.hooks) == 1
    assert [(one.code, one.line, one.entry, one.level) for one in found.problems] == [
        ("unknown_key", 1, None, Level.NOTE),
        ("unknown_key", 5, 1, Level.NOTE),
    ]


def test_of_a_key_that_stands_there_twice_the_last_one_holds() -> None:
    found = read_hooks(f"hooks:\n{GOOD}    implementation: other.function\n    inputs: {{a: 1, a: 2}}\n")
    assert (found.hooks[0].implementation, found.hooks[0].inputs) == ("other.function", {"a": 2})
    assert [(one.code, one.line) for one in found.problems] == [("duplicate_key", 4), ("duplicate_key", 5)]


@pytest.mark.parametrize("inputs", ["", "    inputs:\n", "    inputs: null\n", "    inputs: {}\n"])
def test_missing_inputs_are_no_inputs(inputs: str) -> None:
    assert read_hooks(f"hooks:\n{GOOD}{inputs}").hooks[0].inputs == {}


def test_values_are_those_of_yaml_and_a_time_stays_text() -> None:
    text = "{a: 1, b: 1.5, c: yes, d: ~, e: [x, {f: 2001-12-14}], 7: k}"
    assert read_hooks(f"hooks:\n{GOOD}    inputs: {text}\n").hooks[0].inputs == {
        "a": 1, "b": 1.5, "c": True, "d": None, "e": ["x", {"f": "2001-12-14"}], "7": "k",
    }  # fmt: skip


def test_aliases_and_merges_are_written_out() -> None:
    text = (
        "hooks:\n  - &first\n    event_type: workflow_started\n    implementation: a.b\n"
        "    inputs: &in {a: 1, b: 2}\n  - <<: *first\n    event_type: workflow_failed\n"
        "    inputs: {<<: *in, b: 3}\n"
    )
    found = read_hooks(text)
    assert found.problems == []
    assert (found.hooks[1].implementation, found.hooks[1].inputs) == ("a.b", {"a": 1, "b": 3})


def test_an_alias_bomb_is_refused_before_it_is_written_out() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    problem = only("\n".join(lines))
    assert (problem.code, problem.line) == ("too_much", 4)


@given(
    st.one_of(
        st.text(max_size=200),
        st.binary(max_size=200),
        st.lists(
            st.sampled_from([
                "hooks", ":", " ", "\n", "- ", "event_type", "implementation", "inputs", "workflow_failed", "&a ",
                "*a", "<<", "{", "}", "[", "]", ",", "!!int ", "!!bool ", "!!float ", "!x ", '"', "'", "|", ">",
                "---", "...", "\t", "#", "? ", "~", "0b_", "1:60", ".inf", "2001-99-99", "=", "%YAML 1.1",
                "\\U00110000", "\ufeff", "\0",
            ]),
            max_size=40,
        ).map("".join),
    )
)  # fmt: skip
def test_no_text_makes_it_raise(text: str | bytes) -> None:
    found = read_hooks(text)
    assert found.is_readable or (found.problems and not found.hooks)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in found.problems)


@pytest.mark.parametrize(
    "sign", ["[", "{a: ", "- ", "a:\n ", "? ", "&a ", "!!int ", "'", "#", "%", "*a ", "\\", "\n"]
)
def test_a_file_full_of_one_sign_is_read_in_a_moment(sign: str) -> None:
    read_hooks("hooks: " + sign * ((MOST_BYTES - 10) // len(sign)))
