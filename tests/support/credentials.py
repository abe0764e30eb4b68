"""Credential types of the tests, and flows that use them."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import User
from actions.models import Credential
from actions.services import credentials
from flows.sdk import (
    CredentialFields,
    CredentialMeta,
    CredentialRef,
    CredentialType,
    Emit,
    Kind,
    Node,
    NodeConfig,
    NodeMeta,
    Secret,
    credential_types,
    node_types,
    ui,
)

CANARY = "c4nary-0f-the-api-key"
STAGED = "c4nary-0f-the-test-system"


class ApiFields(CredentialFields):
    host: str = ui("api.example.org", label="Host", max_length=100)
    user: str = ui(label="User", min_length=2)
    key: Secret = ui(label="Key", min_length=8)
    second: Secret = ui("", label="Second key")


class ApiType(CredentialType):
    meta = CredentialMeta("api", "API", "key", "An API of the tests.")
    Fields = ApiFields

    def hosts(self, fields: ApiFields) -> list[str]:
        return [fields.host]


class CallConfig(NodeConfig):
    credential: CredentialRef("api") = ui("", label="Credential")
    url: str = ui("", label="URL")


class Call(Node):
    """Tells what it was given, as a careless node might."""

    meta = NodeMeta("call", Kind.ACTION, "Call", "Calls.", "world", durable=True)
    Config = CallConfig

    async def run(self, ctx: Any, config: CallConfig, record: dict[str, Any]) -> Emit:
        fields = ctx.opened(config.credential, ApiFields)
        ctx.log.info(f"The key is {fields.key}.")
        if config.url:
            await ctx.http.request("GET", config.url, headers={"Authorization": f"Bearer {fields.key}"})
        return Emit("out", {**record, "echo": f"key={fields.key}", "user": fields.user})


@pytest.fixture
def api_type() -> Iterator[ApiType]:
    made, call = ApiType(), Call()
    credential_types.register("api", made, "tests")
    node_types.register("call", call, "tests")
    yield made
    credential_types.remove("api")
    node_types.remove("call")


@pytest.fixture
def api_credential(api_type: ApiType, encryption_key: None, tenant_admin: User) -> Credential:
    values = {"user": "ops", "key": CANARY}
    return credentials.create(actor=Actor.of_user(tenant_admin), type="api", name="shop", values=values)


@pytest.fixture
def staged_credential(api_credential: Credential, tenant_admin: User) -> Credential:
    """The same with values for trying out."""
    values = {"user": "tester", "key": STAGED}
    return credentials.change(actor=Actor.of_user(tenant_admin), credential=api_credential, staging=values)
