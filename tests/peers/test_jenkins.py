"""The Jenkins node against a stand-in that follows Jenkins' own source."""

import base64
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.request import Request, urlopen

import pytest

from actions.credentials.jenkins import Jenkins as JenkinsType
from actions.nodes.actions.jenkins import Jenkins
from actions.services.jenkins import JenkinsFields
from flows.sdk import Emit, NodeError, Suspend, Wake
from flows.sdk.testing import FakeContext, configured
from tests.peers.peer import Peer
from tests.peers.reaching import reaching

SECONDS = 40


def by_token(peer: Peer, **more) -> JenkinsFields:
    return JenkinsFields(url=peer["JENKINS_URL"], username="flow", password=peer["JENKINS_API_TOKEN"], **more)


@pytest.fixture
def ctx(jenkins: Peer, loopback_allowed: None) -> Iterator[FakeContext]:
    credentials = {
        "token": by_token(jenkins),
        "password": JenkinsFields(
            url=jenkins["JENKINS_URL"], username="flow", password=jenkins["JENKINS_PASSWORD"]
        ),
        "trigger": JenkinsFields(url=jenkins["JENKINS_URL"], trigger_token="trigger"),
        "both": by_token(jenkins, trigger_token="trigger"),
        "wrong": JenkinsFields(url=jenkins["JENKINS_URL"], username="flow", password="wrong"),
    }
    context = reaching(f"key-{time.time_ns()}", **credentials)
    context.clock.moment = datetime.now(UTC)
    yield context
    context.net.close()


def drawn(**config):
    return configured(Jenkins, {"credential": "token", "job": "plain", **config})


def followed(ctx: FakeContext, config) -> Emit:
    """Run it, and look again until it ends, without the pauses."""
    result = Jenkins().run(ctx, config, {"id": 1})
    since = ctx.clock.now()
    end = time.monotonic() + SECONDS
    while isinstance(result, Suspend):
        assert time.monotonic() < end
        assert result.on_time is None
        time.sleep(0.3)
        result = Jenkins().resume(ctx, config, {"id": 1}, Wake(dict(result.detail), since))
    return result


def test_a_build_that_succeeds_goes_on_behind_success(ctx: FakeContext):
    result = followed(ctx, drawn())
    build = result.record["jenkins"]
    assert (result.port, build["result"], build["job"]) == ("out", "SUCCESS", "plain")
    assert build["url"].endswith(f"/job/plain/{build['number']}/")
    assert build["console"].endswith("Finished: SUCCESS\n")
    assert result.record["id"] == 1


@pytest.mark.parametrize(("job", "port"), [("failing", "failed"), ("unstable", "unstable")])
def test_the_result_decides_the_port(ctx: FakeContext, job: str, port: str):
    assert followed(ctx, drawn(job=job)).port == port


def test_a_password_gets_the_crumb_that_it_needs(ctx: FakeContext):
    assert followed(ctx, drawn(credential="password")).port == "out"


def test_parameters_arrive_as_they_were_given_and_not_in_the_address(ctx: FakeContext, jenkins: Peer):
    config = drawn(job="params", parameters={"BRANCH": "a&b=č", "STAGE": "live", "DRY_RUN": True})
    build = followed(ctx, config).record["jenkins"]
    told = asked(jenkins, f"job/params/{build['number']}")
    values = {one["name"]: one["value"] for action in told["actions"] for one in action.get("parameters", [])}
    assert values == {"BRANCH": "a&b=č", "STAGE": "live", "DRY_RUN": True}
    assert all("BRANCH" not in line["path"] for line in jenkins.log("JENKINS_LOG"))


def test_a_job_in_a_folder_is_built(ctx: FakeContext):
    build = followed(ctx, drawn(job="folder/inner", parameters={"NAME": "x"})).record["jenkins"]
    assert build["url"].endswith(f"/job/folder/job/inner/{build['number']}/")


def test_without_waiting_it_goes_on_at_once(ctx: FakeContext):
    result = Jenkins().run(ctx, drawn(wait=False), {})
    assert isinstance(result, Emit)
    assert result.record["jenkins"]["result"] is None


def test_a_trigger_token_alone_starts_a_build(ctx: FakeContext):
    result = Jenkins().run(ctx, drawn(credential="trigger", wait=False), {})
    assert result.record["jenkins"]["queue_item"] > 0


def test_a_repeated_step_finds_its_build_by_the_marker(ctx: FakeContext):
    config = drawn(job="folder/inner", marker="NAME")
    first = followed(ctx, config).record["jenkins"]
    assert followed(ctx, config).record["jenkins"]["number"] == first["number"]


def test_a_repeated_step_finds_its_build_by_the_cause_of_a_trigger_token(ctx: FakeContext):
    config = drawn(credential="both")
    first = followed(ctx, config).record["jenkins"]
    assert followed(ctx, config).record["jenkins"]["number"] == first["number"]


def test_a_cancelled_run_stops_its_build(ctx: FakeContext, jenkins: Peer):
    config = drawn(job="slow")
    wait = Jenkins().run(ctx, config, {})
    time.sleep(1)
    running = Jenkins().resume(ctx, config, {}, Wake(dict(wait.detail), ctx.clock.now()))
    assert isinstance(running, Suspend)
    Jenkins().stop(ctx, config, {}, running.detail)
    assert asked(jenkins, f"job/slow/{running.detail['number']}")["result"] == "ABORTED"


def test_a_build_that_has_not_begun_is_taken_out_of_the_queue(ctx: FakeContext, jenkins: Peer):
    config = drawn(job="slow")
    wait = Jenkins().run(ctx, config, {})
    Jenkins().stop(ctx, config, {}, wait.detail)
    assert asked(jenkins, f"queue/item/{wait.detail['item']}")["cancelled"] is True
    with pytest.raises(NodeError) as caught:
        Jenkins().resume(ctx, config, {}, Wake(dict(wait.detail), ctx.clock.now()))
    assert caught.value.code == "build_cancelled"


@pytest.mark.parametrize(("on_timeout", "result"), [("stop", "ABORTED"), ("leave", None)])
def test_a_build_that_takes_too_long_fails_the_step(
    ctx: FakeContext, jenkins: Peer, on_timeout: str, result: str | None
):
    config = drawn(job="slow", timeout="5s", on_timeout=on_timeout)
    wait = Jenkins().run(ctx, config, {})
    time.sleep(1)
    since = ctx.clock.now() - timedelta(seconds=6)
    with pytest.raises(NodeError) as caught:
        Jenkins().resume(ctx, config, {}, Wake(dict(wait.detail), since))
    assert caught.value.code == "build_timed_out"
    number = asked(jenkins, f"queue/item/{wait.detail['item']}")["executable"]["number"]
    assert asked(jenkins, f"job/slow/{number}")["result"] == result
    Jenkins().stop(ctx, config, {}, {**wait.detail, "number": number})


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"job": "gone"}, "not_found"),
        ({"job": "disabled"}, "not_buildable"),
        ({"job": "params", "parameters": {"BRANHC": "x"}}, "unknown_parameter"),
        ({"job": "params", "parameters": {"STAGE": "moon"}}, "bad_parameter"),
        ({"job": "../../me"}, "bad_job"),
        ({"credential": "wrong"}, "sign_in_failed"),
        ({"credential": "trigger"}, "cannot_wait"),
    ],
)
def test_what_cannot_be_built_says_why(ctx: FakeContext, config, code: str):
    with pytest.raises(NodeError) as caught:
        Jenkins().run(ctx, drawn(**config), {})
    assert (caught.value.code, caught.value.retryable) == (code, False)
    assert caught.value.hint


def test_jobs_and_parameters_can_be_chosen(ctx: FakeContext):
    config = {"credential": "token", "job": "params"}
    assert "plain" in [choice.value for choice in Jenkins().choices("job", ctx, config, "")]
    assert [choice.value for choice in Jenkins().choices("job", ctx, config, "PLAI")] == ["plain"]
    found = {choice.value: choice.help for choice in Jenkins().choices("parameters", ctx, config, "")}
    assert found["STAGE"] == "one of test, live, default test"
    assert [choice.value for choice in Jenkins().choices("marker", ctx, config, "")] == ["BRANCH"]


def test_trying_the_connection_says_who_signs_in(ctx: FakeContext):
    assert JenkinsType().test(ctx, ctx.credentials["token"]).startswith("Signed in as flow; ")
    with pytest.raises(NodeError) as caught:
        JenkinsType().test(ctx, ctx.credentials["wrong"])
    assert caught.value.code == "sign_in_failed"


def asked(jenkins: Peer, place: str):
    """What the API of the peer says of a place, past everything of ours."""
    pair = base64.b64encode(f"flow:{jenkins['JENKINS_API_TOKEN']}".encode()).decode()
    request = Request(
        f"{jenkins['JENKINS_URL']}/{place}/api/json", headers={"Authorization": f"Basic {pair}"}
    )
    with urlopen(request) as answer:
        return json.load(answer)
