"""The Jenkins node, as far as no Jenkins is needed; `tests/peers` has the rest."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from actions.nodes.actions.jenkins import Jenkins
from actions.services.jenkins import JenkinsFields
from flows.sdk import Emit, HttpAnswer, NodeError, OnCrash, Shape, Suspend, Wake
from flows.sdk.testing import answering, configured

FIELDS = JenkinsFields(url="https://ci.example.org/jenkins/", username="anna", password="canary-password")
SINCE = datetime(2026, 1, 15, 12, tzinfo=UTC)
NO_CRUMB = HttpAnswer(404, {}, b"")
QUEUED = HttpAnswer(201, {"Location": "https://ci.example.org/jenkins/queue/item/17/"}, b"")
UNREACHABLE = NodeError("unreachable", "ci.example.org cannot be reached.", retryable=True)


def told(**values):
    return HttpAnswer(200, {"content-type": "application/json"}, json.dumps(values).encode())


PLAIN = told(buildable=True, property=[])


def context(*answers, fields=FIELDS):
    ready = answering(*answers)
    ready.credentials = {"ci": fields}
    ready.clock.moment = SINCE
    return ready


def drawn(**config):
    return configured(Jenkins, {"credential": "ci", "job": "team/deploy", **config})


def looked(ctx, config=None, *, item=17, number=None, looks=0, since=SINCE):
    wake = Wake({"item": item, "number": number, "looks": looks}, since)
    return Jenkins().resume(ctx, config or drawn(), {"id": 1}, wake)


def test_it_queues_the_build_and_parks_the_run():
    ctx = context(PLAIN, NO_CRUMB, QUEUED)
    wait = Jenkins().run(ctx, drawn(), {})
    assert wait == Suspend(
        "jenkins", SINCE + timedelta(seconds=10), None, {"item": 17, "number": None, "looks": 1}
    )
    asked = ctx.http.requests[-1]
    assert (asked.method, asked.url) == ("POST", "https://ci.example.org/jenkins/job/team/job/deploy/build")
    assert asked.headers["Authorization"].startswith("Basic ")


def test_a_person_decides_after_a_crash_and_a_cancelled_run_stops_the_build():
    assert (Jenkins.meta.on_crash, Jenkins.meta.stops, Jenkins.meta.durable) == (OnCrash.ASK, True, True)


def test_it_looks_less_and_less_often_down_to_once_a_minute():
    pauses = []
    for looks in range(8):
        ctx = context(told(why="waiting"))
        pauses.append((looked(ctx, looks=looks).until - SINCE).total_seconds())
    assert pauses[:3] == [10, 15, 22.5]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 60


def test_it_looks_once_more_when_the_time_is_up():
    wait = looked(context(told(building=True)), drawn(timeout="20s"), number=3, looks=9)
    assert wait.until == SINCE + timedelta(seconds=20)


def test_what_jenkins_forgot_of_its_queue_is_found_by_its_build():
    builds = told(builds=[{"number": 9, "queueId": 18}, {"number": 8, "queueId": 17}])
    ctx = context(HttpAnswer(404, {}, b""), builds, told(building=True, result=None))
    assert looked(ctx).detail["number"] == 8


def test_a_build_that_nobody_knows_any_more_fails_the_step():
    with pytest.raises(NodeError) as caught:
        looked(context(HttpAnswer(404, {}, b""), told(builds=[])))
    assert (caught.value.code, caught.value.retryable) == ("build_lost", False)


@pytest.mark.parametrize(
    ("result", "port"),
    [
        ("SUCCESS", "out"),
        ("UNSTABLE", "unstable"),
        ("FAILURE", "failed"),
        ("ABORTED", "failed"),
        ("NOT_BUILT", "failed"),
        ("NEW_IN_A_LATER_JENKINS", "failed"),
    ],
)
def test_the_result_decides_the_port(result, port):
    ended = told(building=False, result=result, duration=61_500)
    length = HttpAnswer(200, {"X-Text-Size": "100000"}, b"")
    ctx = context(ended, length, HttpAnswer(200, {}, b"the end\n"))
    answer = looked(ctx, number=3)
    assert isinstance(answer, Emit)
    assert answer.port == port
    build = answer.record["jenkins"]
    assert (build["result"], build["seconds"], build["console"]) == (result, 61.5, "the end\n")
    assert ctx.http.requests[-1].url.endswith("/3/logText/progressiveText?start=83616")
    shape = Jenkins().fields(drawn(), Shape.object({}))[port]
    assert all(shape.at(f"jenkins.{name}") for name in build)


@pytest.mark.parametrize(("marker", "retryable"), [("", False), ("KEY", True)])
def test_an_order_whose_fate_is_unknown_is_repeated_only_when_it_can_be_found_again(marker, retryable):
    known = told(property=[{"parameterDefinitions": [{"name": "KEY", "type": "StringParameterDefinition"}]}])
    seen = [told(items=[]), told(builds=[])] if marker else []
    slow = NodeError("timed_out", "ci.example.org took too long.", retryable=True)
    with pytest.raises(NodeError) as caught:
        Jenkins().run(context(known, *seen, NO_CRUMB, slow), drawn(marker=marker), {})
    assert (caught.value.code, caught.value.retryable) == ("timed_out", retryable)


def test_what_did_not_arrive_is_tried_again():
    with pytest.raises(NodeError) as caught:
        Jenkins().run(context(UNREACHABLE), drawn(), {})
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (401, "sign_in_failed", False),
        (403, "not_allowed", False),
        (404, "not_found", False),
        (503, "http_status", True),
    ],
)
def test_a_refusal_says_what_to_do_and_nothing_of_the_page(status, code, retryable):
    ctx = context(HttpAnswer(status, {"retry-after": "7"}, b"<html>canary page</html>"))
    with pytest.raises(NodeError) as caught:
        Jenkins().run(ctx, drawn(), {})
    error = caught.value
    assert (error.code, error.retryable, error.retry_after) == (code, retryable, 7.0 if retryable else None)
    assert error.hint
    assert "canary" not in f"{error.message}{error.hint}{ctx.log.text}"


def test_another_address_is_not_followed():
    ctx = context(HttpAnswer(302, {"location": "https://evil.example/"}, b""))
    with pytest.raises(NodeError) as caught:
        Jenkins().run(ctx, drawn(), {})
    assert caught.value.code == "moved"
    assert len(ctx.http.requests) == 1


def test_a_page_that_is_no_jenkins_is_named():
    with pytest.raises(NodeError) as caught:
        Jenkins().run(context(HttpAnswer(200, {}, b"<html>")), drawn(), {})
    assert caught.value.code == "bad_answer"


@pytest.mark.parametrize("evil", [{"property": 5}, {"property": [{"parameterDefinitions": [{}]}]}])
def test_an_answer_that_lies_is_no_fault_of_ours(evil):
    with pytest.raises(NodeError) as caught:
        Jenkins().run(context(told(**evil)), drawn(), {})
    assert caught.value.code == "bad_answer"


@pytest.mark.parametrize("job", ["a/../b", "..", "a//b", "./a"])
def test_a_value_cannot_lead_to_another_place(job):
    with pytest.raises(NodeError) as caught:
        Jenkins().run(context(PLAIN), drawn(job="{{ job }}").model_copy(update={"job": job}), {})
    assert caught.value.code == "bad_job"


def test_a_job_may_be_pasted_as_the_path_of_its_page():
    assert drawn(job="/job/team/job/deploy/").job == "team/deploy"


def test_folders_only_lead_to_jobs():
    tree = {
        "jobs": [
            {"_class": "hudson.model.FreeStyleProject", "name": "top", "url": "u"},
            {
                "_class": "com.cloudbees.hudson.plugins.folder.Folder",
                "name": "team",
                "url": "u",
                "jobs": [
                    {"_class": "org.jenkinsci.plugins.workflow.job.WorkflowJob", "name": "deploy", "url": "u"}
                ],
            },
        ]
    }
    ctx = context(told(**tree))
    assert [choice.value for choice in Jenkins().choices("job", ctx, {"credential": "ci"}, "")] == [
        "team/deploy",
        "top",
    ]


def test_a_dry_run_shows_what_would_be_started():
    config = drawn(parameters={"STAGE": "live", "N": 3})
    assert Jenkins().preview(config, {}) == {
        "starts": "team/deploy",
        "with": {"STAGE": "live", "N": "3"},
        "signed_in_with": "ci",
        "waits_at_most": "1h",
    }
    assert Jenkins().dry_run_result(config, {}).record["jenkins"]["result"] == "SUCCESS"


@pytest.mark.parametrize(
    "config",
    [{"parameters": {"A": ["x"]}}, {"timeout": "31d"}, {"timeout": "0s"}, {"job": ""}, {"credential": ""}],
)
def test_a_config_that_cannot_be_meant_is_refused(config):
    with pytest.raises(ValidationError):
        drawn(**config)
