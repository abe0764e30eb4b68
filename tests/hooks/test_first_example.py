"""The first example of the original, without its last line, dropped in as the hooks file: its functions are called."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from accounts.models import ApiToken, Tenant
from flows.models import Flow, LogLine, Run
from hooks.services import file_looking
from hooks.services.following import Follower
from tests.support.flows import eventually, line, published, running, started

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("encryption_key")]
EXAMPLE = (Path(__file__).parent / "seed" / "plugin.conf").read_text()
TASK = "cloudify-fabric-plugin.fabric_plugin.tasks.run_task"


@pytest.fixture
def followed(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, fabric: None) -> None:
    """The file is in force."""
    path = tmp_path / "hooks.conf"
    path.write_text(EXAMPLE.removesuffix("  ...\n").removesuffix("  ..."))
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOKS_FILE": str(path), "HOOKS_ONLY_FIRST": False}
    monkeypatch.setattr(file_looking, "SETTLED_SECONDS", 0)
    Follower().look()


def hook_runs() -> list[Run]:
    return list(Run.objects.filter(flow__is_managed=True, status="succeeded").order_by("created_at"))


@pytest.mark.usefixtures("followed")
def test_a_run_that_starts_and_succeeds_calls_both_functions_with_its_context(tenant: Tenant):
    assert Flow.objects.filter(is_managed=True).count() == 2
    flow = published(line(("t", "manual", {}), ("l", "log-line", {"text": "at work"})))
    with running():
        started(flow)
        eventually(lambda: len(hook_runs()) == 2, 60, "both hooks ran")
    texts = [
        list(LogLine.objects.filter(run=run).order_by("id").values_list("text", flat=True))
        for run in hook_runs()
    ]
    assert sorted(texts) == [
        [
            f"The hook consumer received `{event}` event and the hook implementation is: `{TASK}`",
            f"{event}: {task} of /tmp/fabric_test/tasks.py",
        ]
        for event, task in (
            ("workflow_started", "test_started_task"),
            ("workflow_succeeded", "test_succeeded_task"),
        )
    ]
    assert not ApiToken.objects.exists()
