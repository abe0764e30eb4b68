"""Lists of fields from outside systems: what is asked for, who may ask, and what comes back."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import pytest

from accounts.actors import Actor
from accounts.models import User
from actions.models import Credential
from actions.services import credentials
from common.problems import Problem
from flows.models import Errand, Flow
from flows.sdk import (
    Choice,
    CredentialRef,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    TemplateText,
    node,
    node_types,
    ui,
)
from flows.sdk.choices import MOST_CHOICES
from flows.services.choices import ask_choices
from flows.services.errands import Told, wait_for
from tests.support.credentials import ApiFields
from tests.support.flows import line, published, running
from tests.support.spies import spies

pytestmark = pytest.mark.django_db(transaction=True)
ADMIN = Actor.system()
Asked = tuple[str, JsonObject, str]


class Extra(NodeConfig):
    key: TemplateText = ui("", label="Key", choices_from=("project",))
    value: TemplateText = ui("", label="Value", choices_from=("key", "project"))


class Listing(NodeConfig):
    server: str = ui("https://tracker.example", label="Server")
    project: TemplateText = ui("", label="Project", choices_from=("server",))
    labels: list[TemplateText] = ui([], label="Labels", choices_from=("project",))
    extras: list[Extra] = ui([], label="Extras")
    plain: str = ui("", label="Plain")


class Lister(Node):
    meta = NodeMeta("lister", Kind.ACTION, "Lister", "Lists.", "list")
    Config = Listing
    asked: ClassVar[list[Asked]] = []
    found: ClassVar[list[Choice]] = []

    async def choices(self, name: str, ctx: NodeContext, config: JsonObject, search: str) -> Sequence[Choice]:
        self.asked.append((name, config, search))
        if search == "broken":
            raise NodeError("no_access", "The key may not read projects.", hint="Give it that right.")
        return self.found


class BlockingLister(Lister):
    meta = NodeMeta("blocking-lister", Kind.ACTION, "Lister", "Lists.", "list", blocking=True)

    def choices(self, name: str, ctx: NodeContext, config: JsonObject, search: str) -> Sequence[Choice]:  # type: ignore[override]
        return [Choice(1, "One")]


@pytest.fixture(autouse=True)
def lister() -> Iterator[type[Lister]]:
    with spies():
        node(Lister), node(BlockingLister)
        Lister.asked.clear()
        Lister.found[:] = [Choice(7, "Seven", "7")]
        yield Lister
        node_types.remove("lister"), node_types.remove("blocking-lister")


@pytest.fixture
def flow() -> Flow:
    return published(line(("t", "spy-start", {})))


def asked(flow: Flow, field: str, config: dict[str, Any] | None = None, **more: Any) -> Errand:
    given = {"node_type": "lister", "config": config or {}, "search": "", **more}
    return ask_choices(ADMIN, flow, field=field, **given)


def answered(flow: Flow, field: str, config: dict[str, Any] | None = None, **more: Any) -> Told:
    with running():
        return wait_for(asked(flow, field, config, **more), 10)


@pytest.mark.parametrize("kind", ["lister", "blocking-lister"])
def test_a_node_type_lists_what_a_field_may_hold(flow: Flow, kind: str) -> None:
    Lister.found[:] = [Choice(1, "One")]
    assert answered(flow, "project", node_type=kind).answer == {
        "choices": [{"value": 1, "label": "One", "help": ""}],
        "is_cut": False,
    }


def test_it_gets_the_fields_that_the_list_depends_on_and_no_others(flow: Flow) -> None:
    answered(flow, "project", {"plain": "secret", "project": "x"}, search=" abc ")
    assert Lister.asked == [("project", {"server": "https://tracker.example"}, "abc")]


def test_an_entry_of_a_list_has_the_list_of_its_field(flow: Flow) -> None:
    answered(flow, "labels.0", {"project": "p"})
    assert Lister.asked == [("labels", {"project": "p"}, "")]


def test_a_field_inside_a_list_finds_what_it_needs_beside_it_and_around_it(flow: Flow) -> None:
    answered(flow, "extras.1.value", {"project": "p", "extras": [{"key": "a"}, {"key": "b"}]})
    assert Lister.asked == [("extras.value", {"key": "b", "project": "p"}, "")]


def test_what_the_node_type_refuses_is_told(flow: Flow) -> None:
    found = answered(flow, "project", search="broken")
    assert (found.error["code"], found.error["hint"]) == ("no_access", "Give it that right.")


def test_a_long_list_is_cut(flow: Flow) -> None:
    Lister.found[:] = [Choice(number, str(number)) for number in range(MOST_CHOICES + 1)]
    answer = answered(flow, "project").answer
    assert (len(answer["choices"]), answer["is_cut"]) == (MOST_CHOICES, True)


def test_the_same_list_is_asked_for_once_a_minute(flow: Flow) -> None:
    with running():
        for _ in range(2):
            wait_for(asked(flow, "project"), 10)
    assert len(Lister.asked) == 1


@pytest.mark.parametrize(
    ("field", "config", "code", "at"),
    [
        ("labels", {}, "choose_first", "project"),
        ("labels", {"project": "{{ project }}"}, "depends_on_template", "project"),
        ("labels", {"project": ["a", {"b": "{{ x }}"}]}, "depends_on_template", "project"),
        ("extras.0.value", {"project": "p", "extras": ["x"]}, "choose_first", "key"),
        ("extras.9.value", {"project": "p", "extras": 7}, "choose_first", "key"),
        ("plain", {}, "no_choices", "field"),
        ("nothing.0.at.all", {}, "no_choices", "field"),
        ("", {}, "no_choices", "field"),
    ],
)
def test_what_cannot_be_listed_is_told_at_once(
    flow: Flow, field: str, config: dict[str, Any], code: str, at: str
) -> None:
    with pytest.raises(Problem) as refused:
        asked(flow, field, config)
    assert (refused.value.status, refused.value.code, refused.value.field) == (400, code, at)


def test_an_unknown_node_type_is_told(flow: Flow) -> None:
    with pytest.raises(Problem) as refused:
        asked(flow, "project", node_type="gone")
    assert refused.value.code == "unknown_node_type"


class CallsFor(NodeConfig):
    credential: CredentialRef("api") = ui("", label="Credential")
    project: TemplateText = ui("", label="Project", choices_from=("credential",))


class CredentialLister(Lister):
    meta = NodeMeta("credential-lister", Kind.ACTION, "Lister", "Lists.", "list")
    Config = CallsFor

    async def choices(self, name: str, ctx: NodeContext, config: JsonObject, search: str) -> Sequence[Choice]:
        fields = ctx.opened(config["credential"], ApiFields)
        return [Choice(1, fields.user, fields.key)]


def test_the_credential_of_the_flows_owner_is_open_and_its_secrets_stay_here(
    api_credential: Credential, tenant_admin: User
) -> None:
    node(CredentialLister)
    own = published(line(("t", "spy-start", {})), Actor.of_user(tenant_admin))
    given = {"node_type": "credential-lister", "config": {"credential": "shop"}}
    found = answered(own, "project", **given)
    assert found.answer["choices"] == [{"value": 1, "label": "ops", "help": "********"}]
    assert answered(published(line(("t", "spy-start", {}))), "project", **given).error["code"] == (
        "unknown_credential"
    )
    values = {"user": "changed"}
    credentials.change(actor=Actor.of_user(tenant_admin), credential=api_credential, values=values)
    assert answered(own, "project", **given).answer["choices"][0]["label"] == "changed"
    node_types.remove("credential-lister")
