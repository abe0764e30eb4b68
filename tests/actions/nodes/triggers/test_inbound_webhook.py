"""The inbound webhook trigger."""

import pytest
from pydantic import ValidationError

from actions.nodes.triggers.inbound_webhook import InboundWebhook
from flows.sdk import HookTrigger
from flows.sdk.testing import configured


def test_a_token_in_the_authorization_header_is_the_default():
    config = configured(InboundWebhook, {})
    assert InboundWebhook().listens_to(config) == HookTrigger("token", "Authorization", "", "Idempotency-Key")


def test_a_signature_is_looked_for_after_its_prefix():
    config = configured(InboundWebhook, {"auth": "hmac", "header": "X-Signature", "prefix": "sha256="})
    spec = InboundWebhook().listens_to(config)
    assert (spec.auth, spec.header, spec.prefix) == ("hmac", "X-Signature", "sha256=")


def test_a_prefix_left_over_from_a_signature_does_not_touch_tokens():
    config = configured(InboundWebhook, {"auth": "token", "prefix": "sha256="})
    assert InboundWebhook().listens_to(config).prefix == ""


def test_deliveries_need_not_be_told_apart():
    config = configured(InboundWebhook, {"delivery_header": ""})
    assert InboundWebhook().listens_to(config).delivery_header == ""


@pytest.mark.parametrize("name", ["X Signature", "X-Sig:", "X-Sig\r\nEvil", "", "ü"])
def test_what_is_no_header_name_is_refused(name):
    with pytest.raises(ValidationError, match="name of a header"):
        configured(InboundWebhook, {"header": name})


def test_an_example_makes_its_fields_known():
    config = configured(InboundWebhook, {"example": '{"issue": {"id": 1, "labels": [{"name": "bug"}]}}'})
    shape = InboundWebhook().payload_shape(config)
    paths = [path for path, _ in shape.paths()]
    assert paths == ["issue", "issue.id", "issue.labels", "issue.labels.name"]


def test_without_an_example_any_field_may_come():
    assert InboundWebhook().payload_shape(configured(InboundWebhook, {})).accepts_any_field


@pytest.mark.parametrize(
    ("example", "reason"),
    [("{", "line 1, column 2"), ("[1]", "Write an object"), ("[" * 60_000, "deeper than")],
)
def test_an_example_that_is_no_record_is_refused_with_the_place(example, reason):
    with pytest.raises(ValidationError, match=reason):
        configured(InboundWebhook, {"example": example})
