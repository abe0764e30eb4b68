"""The ToDo node against Microsoft's description of Graph and a stand-in for Entra ID."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from actions.credentials.office365 import Office365
from actions.nodes.actions.todo import Todo
from actions.services.office365 import Office365Fields
from flows.runner.net import StepNet
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext
from flows.testing import render
from tests.peers.peer import Peer
from tests.peers.reaching import reaching

JOB = {
    "job_id": 7,
    "runtemplate_name": "Nightly import",
    "company_name": "Žižkov {status} s.r.o.",
    "exitcode": 1,
    "status": "failed",
    "end": "2026-01-15 12:00:00",
}


def application(peer: Peer, **changes) -> Office365Fields:
    fields = {
        "tenant": peer["ENTRA_TENANT"],
        "client_id": peer["ENTRA_CLIENT_ID"],
        "client_secret": peer["ENTRA_CLIENT_SECRET"],
        "user_id": "user-1",
        **places(peer),
    }
    return Office365Fields(**{**fields, **changes})


def places(peer: Peer) -> dict[str, str]:
    return {
        "login_url": peer["ENTRA_URL"],
        "graph_url": peer["GRAPH_URL"],
        "ca": Path(peer["GRAPH_CA"]).read_text(),
    }


@pytest.fixture
def ctx(graph: Peer, monkeypatch: pytest.MonkeyPatch, loopback_allowed: None) -> Iterator[FakeContext]:
    user = {
        "username": graph["ENTRA_USER"],
        "password": graph["ENTRA_PASSWORD"],
        "tenant": graph["ENTRA_TENANT"],
    }
    known = {"client_id": graph["ENTRA_CLIENT_ID"], **user, **places(graph)}
    credentials = {
        "application": application(graph),
        "user": Office365Fields(**known),
        "wrong password": Office365Fields(**{**known, "password": "wrong"}),
        "wrong secret": application(graph, client_secret="wrong"),
        "nobody": application(graph, user_id=""),
        "unknown": application(graph, client_id="33333333-2222-2222-2222-222222222222"),
    }
    realm_at_the_port_of(graph, monkeypatch)
    context = reaching(**credentials)
    context.clock.moment = datetime(2026, 1, 15, 12, tzinfo=UTC)
    yield context
    context.net.close()


def realm_at_the_port_of(graph: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    """MSAL asks for the realm of a user at the default port; the stand-in has another one."""
    made = StepNet.session

    def session(self, **options):
        ready = made(self, **options)
        send = ready.send

        def redirected(request, **more):
            request.url = re.sub(
                r"^https://127\.0\.0\.1/", f"https://{urlsplit(graph['ENTRA_URL']).netloc}/", request.url
            )
            return send(request, **more)

        ready.send = redirected
        return ready

    monkeypatch.setattr(StepNet, "session", session)


def done(ctx: FakeContext, **config):
    drawn = {"credential": "application", "list": "list-1", **config}
    return Todo().run(ctx, render(Todo, drawn, JOB), JOB).record["task"]


@pytest.fixture
def asked(graph: Peer):
    """The next request of this method that arrives; it is written down a moment after it was answered."""
    seen = len(graph.log("GRAPH_LOG"))

    def next_one(method: str):
        nonlocal seen
        end = time.monotonic() + 5
        while time.monotonic() < end:
            for place, line in enumerate(graph.log("GRAPH_LOG")[seen:], seen):
                if line["method"] == method:
                    seen = place + 1
                    return line
            time.sleep(0.02)
        raise AssertionError(f"No {method} arrived.")

    return next_one


def test_an_application_creates_the_task_of_a_user(ctx: FakeContext, asked):
    task = done(ctx, due="+2d", zone="Europe/Prague", priority="high")
    sent = asked("POST")
    assert sent["path"] == "/users/user-1/todo/lists/list-1/tasks"
    assert sent["body"] == {
        "title": "Task: Nightly import - failure",
        "body": {
            "content": "Job: Nightly import\nCompany: Žižkov {status} s.r.o.\nStatus: failure\n"
            "Time: 2026-01-15 12:00:00",
            "contentType": "text",
        },
        "importance": "high",
        "dueDateTime": {"dateTime": "2026-01-17T13:00:00.0000000", "timeZone": "Europe/Prague"},
        "linkedResources": [
            {
                "applicationName": "hookflow",
                "displayName": "Task: Nightly import - failure",
                "externalId": "0195-run.node",
            }
        ],
    }
    assert sent["status"] == 201
    assert re.fullmatch(r"[0-9a-f-]{36}", sent["headers"]["client-request-id"])
    assert task["list"] == "list-1"


def test_a_user_creates_a_task_of_ones_own(ctx: FakeContext, asked):
    done(ctx, credential="user")
    assert asked("POST")["path"] == "/me/todo/lists/list-1/tasks"


def test_the_same_step_asks_under_the_same_id(ctx: FakeContext, asked):
    done(ctx)
    first = asked("POST")["headers"]["client-request-id"]
    done(ctx)
    assert asked("POST")["headers"]["client-request-id"] == first


def test_without_a_list_the_default_one_is_taken(ctx: FakeContext):
    assert done(ctx, list="")["list"] == "list-1"


def test_a_task_is_changed_only_where_something_is_written(ctx: FakeContext, asked):
    done(
        ctx,
        operation="update",
        task_id="task-1",
        subject="",
        body="",
        new_priority="low",
        new_status="deferred",
    )
    sent = asked("PATCH")
    assert sent["path"] == "/users/user-1/todo/lists/list-1/tasks/task-1"
    assert sent["body"] == {"importance": "low", "status": "deferred"}


def test_a_task_is_completed(ctx: FakeContext, asked):
    done(ctx, operation="complete", task_id="task-1")
    assert asked("PATCH")["body"] == {"status": "completed"}


def test_lists_can_be_chosen(ctx: FakeContext):
    [choice] = Todo().choices("list", ctx, {"credential": "application"}, "tas")
    assert (choice.value, choice.label, choice.help) == ("list-1", "Tasks", "Default")


@pytest.mark.parametrize(
    ("config", "code", "retryable"),
    [
        ({"list": "missing"}, "not_found", False),
        ({"list": "forbidden"}, "missing_permission", False),
        ({"list": "busy"}, "throttled", True),
        ({"credential": "wrong secret"}, "bad_client_secret", False),
        ({"credential": "wrong password"}, "bad_password", False),
        ({"credential": "nobody"}, "no_user", False),
        ({"credential": "unknown"}, "unknown_application", False),
    ],
)
def test_what_is_refused_is_explained(ctx: FakeContext, config, code: str, retryable: bool):
    with pytest.raises(NodeError) as caught:
        done(ctx, **config)
    assert (caught.value.code, caught.value.retryable) == (code, retryable)
    assert caught.value.hint


def test_trying_the_connection_tells_whose_lists_are_seen(ctx: FakeContext):
    said = Office365().test(ctx, ctx.credentials["application"])
    assert said == "Signed in; 1 task lists of alice@example.com are seen."
    assert Office365().test(ctx, ctx.credentials["user"]) == said
