from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import User
from common.problems import Problem
from jobs.models import Command, Service
from jobs.services.commands import delete_command
from jobs.services.stoppable import change_service, create_service, delete_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def good(command: Command) -> dict[str, Any]:
    word = {"word": "x"}
    calls = {"stop_command": command, "stop_parameters": word}
    return {"name": "Web", **calls, "status_command": command, "status_parameters": word}


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"name": " "}, "name_missing", "name"),
        ({"stop_command": None}, "command_missing", "stop_command"),
        ({"stop_parameters": {}}, "argument_missing", "stop_parameters"),
        ({"status_parameters": {"word": "-x"}}, "option_refused", "status_parameters"),
        ({"status_parameters": []}, "bad_object", "status_parameters"),
        ({"running_codes": []}, "bad_exit_codes", "running_codes"),
        ({"stopped_codes": [256]}, "bad_exit_codes", "stopped_codes"),
        ({"running_codes": [0, 3]}, "bad_exit_codes", "stopped_codes"),
        ({"audience": "nobody"}, "bad_audience", "audience"),
    ],
)
def test_what_cannot_be_approved_is_refused(
    admin: Actor, good: dict[str, Any], values: dict[str, Any], code: str, field: str
):
    with pytest.raises(Problem) as refused:
        create_service(actor=admin, **{**good, **values})
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Service.objects.exists()


def test_names_differ(admin: Actor, good: dict[str, Any]):
    create_service(actor=admin, **good)
    with pytest.raises(Problem) as refused:
        create_service(actor=admin, **good)
    assert refused.value.code == "name_taken"


def test_only_the_platform_approves(tenant_admin: User, admin: Actor, good: dict[str, Any]):
    service, actor = create_service(actor=admin, **good), Actor.of_user(tenant_admin)
    for forbidden in (
        lambda: create_service(actor=actor, **{**good, "name": "Other"}),
        lambda: change_service(actor=actor, service=service, name="Other"),
        lambda: delete_service(actor=actor, service=service),
    ):
        with pytest.raises(Problem) as refused:
            forbidden()
        assert refused.value.code == "not_allowed"


def test_a_command_by_which_a_service_is_stopped_stays(admin: Actor, good: dict[str, Any], command: Command):
    service = create_service(actor=admin, **good)
    with pytest.raises(Problem) as refused:
        delete_command(actor=admin, command=command)
    assert refused.value.code == "command_in_use"
    delete_service(actor=admin, service=service)
    delete_command(actor=admin, command=command)
    assert not Command.objects.exists()
