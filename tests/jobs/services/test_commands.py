from pathlib import Path

import pytest

from accounts.actors import Actor
from accounts.models import User
from common.problems import Problem
from jobs.models import Command
from jobs.services.commands import create_command, delete_command
from tests.jobs.conftest import MakeJob

pytestmark = pytest.mark.django_db

GOOD = {"name": "List", "executable": "/usr/bin/ls"}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"executable": "ls"}, "bad_path"),
        ({"executable": "/usr/bin/../sbin/x"}, "bad_path"),
        ({"executable": "//x"}, "bad_path"),
        ({"executable": "/bin/a\nb"}, "bad_path"),
        ({"directories": ["/"]}, "bad_path"),
        ({"directories": ["/somewhere"]}, "bad_path"),
        ({"directories": ["/somewhere/data/backups"]}, "bad_path"),
        ({"directories": "/srv"}, "bad_list"),
        ({"environment": ["LD_PRELOAD"]}, "bad_variable"),
        ({"environment": ["PATH"]}, "bad_variable"),
        ({"environment": ["A=B"]}, "bad_variable"),
        ({"environment": ["HOOKFLOW_JOB_ID"]}, "bad_variable"),
        ({"slots": [{"name": "a"}, {"name": "a"}]}, "bad_slots"),
        ({"slots": [{"name": "a", "kind": "choice"}]}, "bad_slots"),
        ({"slots": [{"name": "a", "shell": True}]}, "bad_slots"),
        ({"slots": "x"}, "bad_slots"),
        ({"audience": "nobody"}, "bad_audience"),
        ({"memory_mb": 1}, "bad_limit"),
        ({"timeout_seconds": True}, "bad_limit"),
        ({"name": ""}, "name_missing"),
    ],
)
def test_what_cannot_be_approved_is_refused(admin: Actor, settings, values: dict, code: str):
    settings.DATA_DIR = Path("/somewhere/data")
    with pytest.raises(Problem) as refused:
        create_command(actor=admin, **{**GOOD, **values})
    assert refused.value.code == code
    assert not Command.objects.exists()


def test_only_the_platform_approves(tenant_admin: User):
    with pytest.raises(Problem) as refused:
        create_command(actor=Actor.of_user(tenant_admin), **GOOD)
    assert refused.value.code == "not_allowed"


def test_names_differ(admin: Actor, command: Command):
    with pytest.raises(Problem) as refused:
        create_command(actor=admin, **{**GOOD, "name": command.name})
    assert refused.value.code == "name_taken"


def test_a_command_that_jobs_name_stays(admin: Actor, command: Command, make_job: MakeJob):
    make_job(kind="command", command=command, parameters={"word": "x"})
    with pytest.raises(Problem) as refused:
        delete_command(actor=admin, command=command)
    assert refused.value.code == "command_in_use"
    assert Command.objects.exists()
