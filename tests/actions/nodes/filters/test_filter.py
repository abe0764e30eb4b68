"""The filter."""

import pytest
from pydantic import ValidationError

from actions.nodes.filters.filter import Filter
from flows.sdk import Shape
from flows.sdk.comparison import OPERATIONS
from flows.sdk.testing import FakeContext, configured, run_node

SERVER = {"hostname": "web-1", "ram": 9000, "disks": [{"size": 10}, {"size": 80}, {"size": 90}]}


def answer(field, operation, value="", record=SERVER):
    return run_node(Filter, {"field": field, "operation": operation, "value": value}, record)


def problems(field, operation, value, shape):
    config = configured(Filter, {"field": field, "operation": operation, "value": value})
    return Filter().check(config, shape)


def test_the_true_output_is_on_top():
    assert [(port.name, port.label) for port in Filter.meta.ports] == [("true", "True"), ("false", "False")]


def test_a_match_goes_on_behind_true_with_the_record():
    assert answer("ram", ">=", "8192").port == "true"
    assert answer("ram", ">=", "8192").record == SERVER


def test_no_match_goes_on_behind_false_with_the_record():
    assert answer("ram", "<", "8192").port == "false"
    assert answer("ram", "<", "8192").record == SERVER


def test_the_first_match_in_a_list_takes_the_place_of_the_list():
    result = answer("disks.size", ">", "50")
    assert result.port == "true"
    assert result.record["disks"] == {"size": 80}
    assert len(SERVER["disks"]) == 3


def test_a_list_without_a_match_stays_as_it_was():
    result = answer("disks.size", ">", "500")
    assert (result.port, result.record) == ("false", SERVER)


def test_a_field_that_is_not_there_is_not_met_and_the_log_says_why():
    context = FakeContext()
    for operation in ("=", "<", ">", "contains", "matches"):
        config = {"field": "rma", "operation": operation, "value": "1"}
        result = run_node(Filter, config, SERVER, context=context)
        assert (result.port, result.record) == ("false", SERVER)
    assert "no field “rma”" in context.log.text
    assert "ram" in context.log.text


def test_case_is_ignored_where_the_switch_is_on():
    config = {"field": "hostname", "operation": "=", "value": "WEB-1"}
    assert run_node(Filter, config, SERVER).port == "false"
    assert run_node(Filter, {**config, "ignore_case": True}, SERVER).port == "true"


def test_the_switch_is_shown_only_where_it_means_something():
    [shown] = Filter.Config.model_json_schema()["properties"]["ignore_case"]["x-ui"]["dependsOn"].values()
    assert shown == [name for name, known in OPERATIONS.items() if known.takes_case]


def test_behind_true_the_list_is_known_as_its_element():
    shape = Shape.object({"disks": Shape.array(Shape.object({"size": Shape.integer()}))})
    config = configured(Filter, {"field": "disks.size", "operation": ">", "value": "1"})
    ports = Filter().fields(config, shape)
    assert ports["true"].at("disks").type == "object"
    assert ports["false"].at("disks").type == "array"


def test_a_number_field_compared_with_words_is_a_problem():
    [(field, message, _)] = problems("ram", ">=", "plenty", Shape.object({"ram": Shape.integer()}))
    assert (field, "holds a number" in message) == ("value", True)


def test_a_pattern_that_does_not_parse_is_a_problem():
    [(field, _, _)] = problems("hostname", "matches", "(", Shape.object({"hostname": Shape.string()}))
    assert field == "value"


def test_a_template_is_compared_when_it_runs_not_when_it_is_drawn():
    assert problems("ram", ">=", "{{ limit }}", Shape.object({"ram": Shape.integer()})) == []


def test_unknown_operations_are_refused():
    with pytest.raises(ValidationError, match="no operation"):
        configured(Filter, {"field": "ram", "operation": "=>"})
