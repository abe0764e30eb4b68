"""GitHub workflow."""

import json

from actions.nodes.actions.github_workflow import GitHubWorkflow
from actions.services.github import GitHubFields
from common.http import HttpAnswer
from flows.sdk import OnCrash
from flows.sdk.testing import FakeContext, FakeHttp, configured, run_node

CONFIG = {"credential": "g", "repository": "o/r", "workflow": "deploy.yml", "inputs": {"stage": "live"}}


def test_it_is_started_with_its_inputs():
    fields = GitHubFields(token="t")
    ctx = FakeContext(http=FakeHttp([HttpAnswer(204, {}, b"")]), credentials={"g": fields})
    run_node(GitHubWorkflow, CONFIG, {}, context=ctx)
    (request,) = ctx.http.requests
    assert request.url == "https://api.github.com/repos/o/r/actions/workflows/deploy.yml/dispatches"
    assert json.loads(request.content or b"") == {"ref": "main", "inputs": {"stage": "live"}}


def test_a_person_decides_whether_it_is_started_again_after_a_crash():
    assert GitHubWorkflow.meta.on_crash is OnCrash.ASK


def test_the_line_on_the_canvas_and_the_preview():
    config = configured(GitHubWorkflow, CONFIG)
    assert GitHubWorkflow().summary(config) == "deploy.yml → o/r"
    assert GitHubWorkflow().preview(config, {})["ref"] == "main"
