"""The helpers with which nodes are tested."""

import pytest
from pydantic import ValidationError

from flows.sdk import (
    CredentialFields,
    Emit,
    HttpAnswer,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    Secret,
    TemplateText,
    ui,
)
from flows.sdk.testing import FakeContext, FakeNet, answering, run_node
from flows.testing import render


class AskConfig(NodeConfig):
    text: TemplateText = ui(label="Text")


class Ask(Node):
    meta = NodeMeta(type="ask", kind=Kind.ACTION, label="Ask", summary="Asks.", icon="x")
    Config = AskConfig

    async def run(self, ctx: NodeContext, config: AskConfig, record):
        answer = await ctx.http.request("GET", f"https://example.org/{config.text}")
        ctx.log.info(config.text)
        return Emit("out", {"status": answer.status})


def test_an_async_node_runs_against_the_answers_in_their_order():
    context = answering(HttpAnswer(201, {}, b""), HttpAnswer(202, {}, b""))
    seen = [run_node(Ask, {"text": "a"}, context=context).record["status"] for _ in range(3)]
    assert seen == [201, 202, 202]
    assert [request.url for request in context.http.requests] == ["https://example.org/a"] * 3
    assert context.log.text == "a\na\na"


def test_templates_are_filled_in_on_demand():
    context = FakeContext()
    run_node(Ask, {"text": "{{ id }}"}, {"id": 7}, context=context, render=render)
    run_node(Ask, {"text": "{{ id }}"}, {"id": 7}, context=context)
    assert [request.url[20:] for request in context.http.requests] == ["7", "{{ id }}"]


def test_a_failing_connection_and_a_wrong_config_fail_as_in_a_run():
    with pytest.raises(NodeError, match="down"):
        run_node(Ask, {"text": "x"}, context=answering(NodeError("unreachable", "down")))
    with pytest.raises(ValidationError):
        run_node(Ask, {"txt": "x"})


class Key(CredentialFields):
    key: Secret = ui(label="Key")


class Other(CredentialFields):
    pass


def test_credentials_are_those_that_the_test_put_in():
    context = FakeContext(credentials={"api": Key(key="k")})
    assert context.opened("api", Key).key == "k"
    with pytest.raises(NodeError, match="no credential"):
        context.opened("other", Key)
    with pytest.raises(NodeError, match="not of the type"):
        context.opened("api", Other)


async def test_a_stream_of_the_fake_net_answers_and_keeps_what_was_sent():
    context = FakeContext(net=FakeNet([b"pong"]))
    reader, writer = await context.net.connect("peer.example", 7)
    writer.write(b"ping")
    writer.close()
    assert (await reader.read(), context.net.sent) == (b"pong", [b"ping"])
    assert context.net.targets == [("peer.example", 7)]


def test_a_socket_of_the_fake_net_answers_and_keeps_what_was_sent():
    net = FakeNet([b"pong"])
    with net.connected("peer.example", 7, seconds=1) as connection:
        connection.sendall(b"ping")
        assert (connection.recv(9), net.sent) == (b"pong", [b"ping"])


def test_a_session_of_the_fake_net_is_answered_by_the_http_client_of_the_test():
    context = answering(HttpAnswer(201, {"x-a": "b"}, b'{"id": 7}'))
    answer = context.net.session().post("https://example.org/things", json={"a": 1})
    assert (answer.status_code, answer.json(), answer.headers["X-A"]) == (201, {"id": 7}, "b")
    assert (context.http.requests[0].method, context.http.requests[0].content) == ("POST", b'{"a": 1}')


def test_the_fake_net_refuses_as_it_is_told():
    with pytest.raises(NodeError, match="Away"):
        FakeNet([NodeError("unreachable", "Away.")]).address("peer.example", 161)
