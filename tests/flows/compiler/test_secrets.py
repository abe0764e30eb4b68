"""A secret in a config is told, and refused where a credential can take its place."""

from typing import Any

import pytest

from flows.compiler.secrets import secrets_in, takes_credentials
from flows.sdk import (
    CredentialRef,
    Kind,
    Node,
    NodeConfig,
    NodeMeta,
    TemplateHeader,
    TemplateJson,
    TemplateText,
    ui,
)


class AskConfig(NodeConfig):
    text: TemplateText = ui("", label="Text")
    headers: dict[str, TemplateHeader] = ui({}, label="Headers")
    body: TemplateJson = ui(None, label="Body")


class NamingConfig(AskConfig):
    credential: CredentialRef("api") = ui("", label="Credential")


class Ask(Node):
    meta = NodeMeta("ask", Kind.ACTION, "Ask", "Asks.", "world")
    Config = AskConfig


class Naming(Ask):
    Config = NamingConfig


def found(**config: Any) -> list[tuple[str, str | None]]:
    return [(one.severity, one.field) for one in secrets_in("n", Naming(), NamingConfig(**config))]


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"headers": {"Authorization": "Bearer abc"}}, "headers.Authorization"),
        ({"headers": {"X-API-Key": "123"}}, "headers.X-API-Key"),
        ({"headers": {"x-auth-token": "123"}}, "headers.x-auth-token"),
        ({"text": "curl -H 'Authorization: Bearer abcdefghijklmnop'"}, "text"),
        ({"text": "ghp_" + "a" * 36}, "text"),
        ({"body": {"deep": ["xoxb-" + "1" * 20]}}, "body"),
        ({"body": {"key": "-----BEGIN RSA PRIVATE KEY-----\nMII"}}, "body"),
        ({"text": "https://user:hunter2@example.org/"}, "text"),
    ],
)
def test_a_secret_is_told_at_its_place(config: Any, field: str) -> None:
    assert found(**config) == [("error", field)]


@pytest.mark.parametrize(
    "config",
    [
        {"headers": {"Authorization": "Bearer {{ token }}"}},
        {"headers": {"Authorization": ""}},
        {"headers": {"X-Token-Count": "3", "Accept": "text/plain"}},
        {"text": "The token of the day is basic courtesy."},
        {"text": "https://example.org:8443/a@b"},
        {"text": "https://{{ user }}:{{ password }}@example.org/"},
        {"body": {"password": "{{ password }}", "token": "short"}},
        {"credential": "Bearer abcdefghijklmnop"},
    ],
)
def test_what_is_none_is_left_alone(config: Any) -> None:
    assert found(**config) == []


def test_without_a_place_for_a_credential_it_is_a_warning() -> None:
    config = AskConfig(headers={"Authorization": "Bearer abc"})
    assert [one.severity for one in secrets_in("n", Ask(), config)] == ["warning"]
    assert (takes_credentials(AskConfig), takes_credentials(NamingConfig)) == (False, True)
