"""What is declared secret is found wherever it is declared, whether or not the rest fits, and never quoted."""

from typing import Any

import pytest

from common.redact import MASK
from flows.sdk.schema import compile_schema, mask_secrets
from flows.sdk.schema.walk import SECRET_MISFIT
from flows.sdk.work import Budget

SECRET: dict[str, Any] = {"x-masked": True}
CARD: dict[str, Any] = {"properties": {"kind": {"const": "card"}, "pin": SECRET}, "required": ["bank"]}
MISFIT: dict[str, Any] = {"kind": "none of them", "pin": 4711}
ANY_OTHER: dict[str, Any] = {"type": "object"}

DECLARED_IN = {
    "anyOf": {"anyOf": [CARD, ANY_OTHER]},
    "anyOf behind": {"anyOf": [ANY_OTHER, CARD]},
    "oneOf": {"oneOf": [CARD, ANY_OTHER]},
    "not": {"not": CARD},
    "if": {"if": CARD, "then": False},
    "$ref": {"anyOf": [{"$ref": "#/$defs/card"}, ANY_OTHER], "$defs": {"card": CARD}},
    "allOf in anyOf": {"anyOf": [{"allOf": [{"required": ["bank"]}, CARD]}, ANY_OTHER]},
    "dependentSchemas": {"anyOf": [{"dependentSchemas": {"kind": False, "pin": CARD}}, ANY_OTHER]},
    "patternProperties": {
        "anyOf": [{"patternProperties": {"^kind$": False, "^pin$": SECRET}}, ANY_OTHER],
    },
    "additionalProperties": {
        "anyOf": [{"properties": {"kind": False}, "additionalProperties": SECRET}, ANY_OTHER],
    },
    "a deeper alternative": {"anyOf": [{"anyOf": [CARD, False]}, ANY_OTHER]},
}


@pytest.mark.parametrize("schema", DECLARED_IN.values(), ids=list(DECLARED_IN))
def test_a_secret_of_an_alternative_that_does_not_fit_is_masked(schema: dict[str, Any]):
    payload = dict(MISFIT)
    walk = compile_schema(schema).walk(payload, Budget(1_000_000))
    assert not walk.misfits
    mask_secrets(payload, walk.secrets)
    assert payload["pin"] == MASK


@pytest.mark.parametrize("schema", [{"contains": CARD}, {"contains": CARD, "minContains": 0}])
def test_a_secret_of_an_element_that_is_not_contained_is_found(schema: dict[str, Any]):
    walk = compile_schema({"properties": {"list": schema}}).walk({"list": [MISFIT]}, Budget(1_000_000))
    assert walk.secrets == [(((None, "list"), 0), "pin")]


BAD_VALUES = {
    "its own check": {"pin": {"x-masked": True, "maximum": 5}},
    "a check beside it": {"pin": {"allOf": [{"maximum": 5}, SECRET]}},
    "a check inside it": {"pin": {"x-masked": True, "properties": {"code": {"maximum": 5}}}},
}


@pytest.mark.parametrize("properties", BAD_VALUES.values(), ids=list(BAD_VALUES))
def test_a_secret_that_does_not_fit_is_not_quoted(properties: dict[str, Any]):
    schema = compile_schema({"properties": {**properties, "open": {"maximum": 5}}})
    for pin in (4711, {"code": 4711}):
        misfits = schema.misfits({"pin": pin, "open": 12}, Budget(1_000_000))
        assert "4711" not in str(misfits)
        told = [misfit for misfit in misfits if misfit.path.startswith("pin")]
        assert all(misfit.sentence == SECRET_MISFIT for misfit in told)
        assert any("12" in misfit.sentence for misfit in misfits)
