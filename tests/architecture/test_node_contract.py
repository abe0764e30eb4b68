"""What holds for every node type that comes with hookflow; whatever else is installed here is not looked at."""

import importlib
import inspect
import itertools
import json
import re
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from flows.sdk import Kind, Node, Shape, TriggerNode, node_types
from flows.sdk.config_fields import CREDENTIAL, config_of
from flows.sdk.loading import broken_modules, is_own
from flows.sdk.summaries import MAX_SUMMARY, as_far_as_right, summary_of

ROOT = Path(__file__).resolve().parents[2]
OWN = [node for node in node_types.values() if is_own(type(node).__module__)]
TYPES = [pytest.param(node, id=node.meta.type) for node in OWN]
KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ICON = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SECRET_LOOKING = re.compile(r"password|passwd|secret|token|api_?key|private_?key|credential")

SAMPLE_TEXT = "example.field"


def origin_of(node: Node) -> str:
    return type(node).__module__


def models_of(model: type[BaseModel]) -> set[type[BaseModel]]:
    """The config model and every model that it holds."""
    found = {model}
    for info in model.model_fields.values():
        for part in parts_of(info.annotation):
            if inspect.isclass(part) and issubclass(part, BaseModel) and part not in found:
                found |= models_of(part)
    return found


def parts_of(annotation: object) -> list[object]:
    inner = typing.get_args(annotation)
    return [annotation, *(part for entry in inner for part in parts_of(entry))]


def required_only(model: type[BaseModel]) -> dict[str, object]:
    """A config with nothing but the required fields, each filled with a text or a list of one."""
    config: dict[str, object] = {}
    for name, info in model.model_fields.items():
        if info.is_required():
            config[name] = [SAMPLE_TEXT] if typing.get_origin(info.annotation) is list else SAMPLE_TEXT
    return config


EXAMPLES = {"event": "server.created", "url": "https://example.org/x", "server_id": "{{ id }}"}


def config_that_reads(model: type[BaseModel]) -> dict[str, object]:
    """The least config that the model takes."""
    config = required_only(model)
    config.update({name: value for name, value in EXAMPLES.items() if name in config})
    return config


def never_together(one: FieldInfo, other: FieldInfo) -> bool:
    """Whether the form shows one of the two at most, because they depend on other values of the same field."""
    conditions = [
        dict((field.json_schema_extra or {})["x-ui"].get("dependsOn", {})) for field in (one, other)
    ]
    shared = set(conditions[0]) & set(conditions[1])
    return any(not set(conditions[0][name]) & set(conditions[1][name]) for name in shared)


def test_there_are_node_types():
    assert len(TYPES) >= 8


def test_all_of_them_can_be_loaded():
    assert [broken for broken in broken_modules if broken.package == "hookflow"] == []


@pytest.mark.parametrize("node", TYPES)
def test_it_has_a_test_file_of_the_mirrored_name(node):
    *folders, name = origin_of(node).split(".")
    assert (ROOT / "tests" / Path(*folders) / f"test_{name}.py").is_file()


@pytest.mark.parametrize("node", TYPES)
def test_its_module_is_named_after_its_type(node):
    assert KEBAB.fullmatch(node.meta.type)
    assert origin_of(node).rsplit(".", 1)[1] == node.meta.type.replace("-", "_")


@pytest.mark.parametrize("node", TYPES)
def test_it_presents_itself_in_full(node):
    meta = node.meta
    assert meta.label == meta.label.strip()
    assert meta.label[0].isupper()
    assert meta.summary.endswith(".")
    assert "\n" not in meta.summary
    assert ICON.fullmatch(meta.icon)
    assert meta.version >= 1
    assert (type(node).__doc__ or "") != Node.__doc__
    assert importlib.import_module(origin_of(node)).__doc__


@pytest.mark.parametrize("node", TYPES)
def test_it_tells_on_the_canvas_what_it_does(node):
    assert type(node).summary is not Node.summary
    assert node.meta.unset
    summary = summary_of(node, node.meta.version, config_that_reads(node.Config))
    assert summary
    assert len(summary) <= MAX_SUMMARY


@pytest.mark.parametrize("node", TYPES)
def test_its_summary_stands_any_draft(node):
    plain = [
        None,
        "",
        "x" * 50_000,
        "a\nb\u202e\x1b",
        7,
        1e300,
        True,
        [],
        ["{{"] * 999,
        {},
        {"a": {"b": [None]}},
    ]
    for value in plain:
        everywhere = dict.fromkeys(node.Config.model_fields, value)
        singles = [{**config_that_reads(node.Config), name: value} for name in everywhere]
        for config in [{}, everywhere, {"unknown": value}, *singles]:
            node.summary(as_far_as_right(node.Config, config))
            summary = summary_of(node, node.meta.version, config)
            assert len(summary) <= MAX_SUMMARY
            assert summary.isprintable()


@pytest.mark.parametrize("node", TYPES)
def test_its_summary_shows_nothing_of_a_url_but_the_host(node):
    if "url" not in node.Config.model_fields:
        pytest.skip("calls no URL")
    url = "https://user:hunter2@example.org/T0/hunter2?key=hunter2#hunter2"
    summary = summary_of(node, node.meta.version, {**config_that_reads(node.Config), "url": url})
    assert "example.org" in summary
    assert "hunter2" not in summary


@pytest.mark.parametrize("node", TYPES)
def test_its_ports_differ(node):
    names = [port.name for port in node.meta.all_ports]
    assert len(set(names)) == len(names)
    assert all(port.label for port in node.meta.all_ports)


@pytest.mark.parametrize("node", TYPES)
def test_what_changes_something_outside_commits_its_outcome(node):
    if node.meta.kind is Kind.ACTION:
        assert node.meta.durable


@pytest.mark.parametrize("node", TYPES)
def test_every_field_has_a_label_of_its_own(node):
    for model in models_of(node.Config):
        labels = [info.title for info in model.model_fields.values()]
        assert all(labels), f"{model.__name__}: pydantic invents a label where none is given"
        for one, other in itertools.combinations(model.model_fields.values(), 2):
            assert one.title != other.title or never_together(one, other), one.title


@pytest.mark.parametrize("node", TYPES)
def test_no_field_asks_for_a_secret(node):
    for model in models_of(node.Config):
        for name, field in config_of(model).fields.items():
            names_one = field.slot == CREDENTIAL
            assert names_one or not SECRET_LOOKING.search(name), (
                f"{name}: secrets live in credentials, not in configs"
            )


@pytest.mark.parametrize("node", TYPES)
def test_choices_are_labelled_in_full(node):
    schema = node.Config.model_json_schema()
    for part in [schema, *schema.get("$defs", {}).values()]:
        for name, field in part.get("properties", {}).items():
            choices = field.get("x-ui", {}).get("choices")
            if choices is not None and "enum" in field:
                assert set(choices) == set(field["enum"]), name


@pytest.mark.parametrize("node", TYPES)
def test_its_schema_is_plain_json_and_always_the_same(node):
    first = json.dumps(node.Config.model_json_schema())
    assert json.dumps(node.Config.model_json_schema()) == first
    assert node.Config.model_config.get("extra") == "forbid"
    assert node.Config.model_config.get("frozen") is True


@pytest.mark.parametrize("node", TYPES)
def test_fields_that_depend_on_others_name_real_fields_and_values(node):
    schema = node.Config.model_json_schema()
    for part in [schema, *schema.get("$defs", {}).values()]:
        properties = part.get("properties", {})
        for name, field in properties.items():
            for other, values in field.get("x-ui", {}).get("dependsOn", {}).items():
                assert other in properties, name
                allowed = properties[other].get("enum")
                assert allowed is None or set(values) <= set(allowed), name


@pytest.mark.parametrize("node", TYPES)
def test_a_config_with_the_least_in_it_is_read_or_refused_never_a_crash(node):
    for config in ({}, required_only(node.Config)):
        try:
            checked = node.Config.model_validate(config)
        except ValidationError:
            continue
        ports = node.fields(checked, Shape.object({}, is_open=True))
        assert set(ports) >= {port.name for port in node.meta.ports}
        assert all(isinstance(shape, Shape) for shape in ports.values())
        assert all(len(problem) == 3 for problem in node.check(checked, Shape.object({})))
        if isinstance(node, TriggerNode):
            assert node.listens_to(checked).kind is node.starts_by


@pytest.mark.parametrize("node", TYPES)
def test_a_field_with_a_list_from_outside_can_be_listed(node):
    models = [config_of(model) for model in models_of(node.Config)]
    needed = [
        name for model in models for field in model.fields.values() for name in field.choices_from or ()
    ]
    has_lists = any(field.choices_from is not None for model in models for field in model.fields.values())
    assert has_lists is (type(node).choices is not Node.choices)
    assert not has_lists or inspect.iscoroutinefunction(type(node).choices) is not node.meta.blocking
    assert set(needed) <= {name for model in models for name in model.fields}
