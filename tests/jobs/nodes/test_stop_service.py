"""Stop, of a service: by the commands that the platform's admin approved for it."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, Tenant
from common.programs import Finished, Program
from flows.sdk import Emit, NodeError, Suspend, Wake
from flows.sdk.testing import FakeContext, configured, resume_node, run_node
from jobs.models import Service
from jobs.nodes.stop import Stop
from jobs.services.stoppable import change_service, create_service
from tests.jobs.conftest import MakeCommand
from tests.support.flows import line, published, run_to_rest, started

pytestmark = pytest.mark.django_db(transaction=True)
SERVICE = """
import os, signal, socket, sys
place, is_stubborn = sys.argv[1], sys.argv[2] == "stubborn"
listening = socket.socket(socket.AF_UNIX)
listening.bind(place)
os.chmod(place, 0o777)
listening.listen()
while True:
    asker, _ = listening.accept()
    word = asker.recv(100)
    asker.close()
    if word == b"kill" or (word == b"stop" and not is_stubborn):
        os.unlink(place)
        sys.exit()
"""
CALL = """
import socket, sys
asker = socket.socket(socket.AF_UNIX)
try:
    asker.connect(sys.argv[1])
except OSError:
    sys.exit(3)
asker.sendall(sys.argv[2].encode())
"""


@dataclass
class Machine:
    """Runs the three commands of a service as its test wants it."""

    runs: bool = True
    ends_when: str = "stop"
    exit_codes: dict[str, int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    async def run(self, program: Program, on_line: Any = None) -> Finished:
        word = program.argv[-1]
        self.calls.append(word)
        if word == "status":
            return Finished(self.exit_codes.get("status", 0 if self.runs else 3))
        if word == self.ends_when:
            self.runs = False
        return Finished(self.exit_codes.get(word, 0))


@pytest.fixture
def service(make_command: MakeCommand, admin: Actor) -> Service:
    slots = [{"name": "word", "is_required": True}]
    control = make_command(name="Control", slots=slots, audience="platform")
    return create_service(
        actor=admin,
        name="Web",
        audience="everyone",
        stop_command=control,
        stop_parameters={"word": "stop"},
        force_command=control,
        force_parameters={"word": "kill"},
        status_command=control,
        status_parameters={"word": "status"},
    )


def stopped(ctx: FakeContext, machine: Machine, **config: Any) -> tuple[Any, list[str]]:
    """The result once it has settled, and the commands that were called."""
    config = {"target": "service", "service": "Web", **config}
    step = replace(ctx, programs=machine)
    result = run_node(Stop, config, {"a": 1}, context=step)
    while isinstance(result, Suspend):
        step.clock.advance((result.until - step.clock.now()).total_seconds())
        result = resume_node(Stop, config, Wake(result.detail, step.clock.now()), {"a": 1}, context=step)
    return result, [call for call in machine.calls if call != "status"]


def failure(ctx: FakeContext, machine: Machine, **config: Any) -> NodeError:
    with pytest.raises(NodeError) as failed:
        stopped(ctx, machine, **config)
    return failed.value


def test_one_that_ends_when_asked_is_not_forced(ctx: FakeContext, service: Service):
    assert stopped(ctx, Machine()) == (Emit("out", {"a": 1}), ["stop"])


def test_one_that_does_not_end_is_forced_after_the_time(ctx: FakeContext, service: Service):
    begun = ctx.clock.now()
    assert stopped(ctx, Machine(ends_when="kill"), force_after="20s")[1] == ["stop", "kill"]
    assert (ctx.clock.now() - begun).total_seconds() == 21


def test_gracefully_only_never_forces(ctx: FakeContext, service: Service):
    machine = Machine(ends_when="kill")
    error = failure(ctx, machine, how="graceful", timeout="5s")
    assert (error.code, error.field, "kill" in machine.calls) == ("goes_on", "timeout", False)


def test_forced_at_once_does_not_ask(ctx: FakeContext, service: Service):
    assert stopped(ctx, Machine(ends_when="kill"), how="forced")[1] == ["kill"]


def test_what_survives_even_force_fails(ctx: FakeContext, service: Service):
    machine = Machine(ends_when="never")
    assert failure(ctx, machine, timeout="5s").code == "goes_on"
    assert machine.calls.count("kill") == 1


def test_one_that_does_not_run_is_left_alone(ctx: FakeContext, service: Service):
    assert stopped(ctx, Machine(runs=False)) == (Emit("out", {"a": 1}), [])


def test_an_exit_code_that_says_neither_stops_nothing(ctx: FakeContext, service: Service):
    machine = Machine(exit_codes={"status": 4})
    assert failure(ctx, machine).code == "service_state_unknown"
    assert machine.calls == ["status"]


def test_a_command_that_fails_is_told(ctx: FakeContext, service: Service):
    for how, word in (("graceful", "stop"), ("forced", "kill")):
        error = failure(ctx, Machine(ends_when="never", exit_codes={word: 1}), how=how)
        assert (error.code, "exit code 1" in error.message) == ("service_not_stopped", True)
    assert stopped(ctx, Machine(ends_when="kill", exit_codes={"stop": 1}))[1] == ["stop", "kill"]


def test_without_a_command_for_it_nothing_is_forced(ctx: FakeContext, service: Service, admin: Actor):
    change_service(actor=admin, service=service, force_command=None)
    machine = Machine()
    assert failure(ctx, machine).code == "cannot_be_forced"
    assert machine.calls == []
    assert stopped(ctx, machine, how="graceful")[1] == ["stop"]


@pytest.mark.parametrize("change", [{"audience": "platform"}, {"is_enabled": False}])
def test_a_service_of_others_or_one_switched_off_is_unknown(
    ctx: FakeContext, service: Service, admin: Actor, change: dict[str, Any]
):
    change_service(actor=admin, service=service, **change)
    machine = Machine()
    assert failure(ctx, machine).code == "unknown_service"
    assert machine.calls == []


def test_a_service_of_chosen_tenants_is_theirs_alone(
    ctx: FakeContext, service: Service, admin: Actor, tenant: Tenant, other_tenant: Tenant
):
    change_service(actor=admin, service=service, audience="chosen", tenants=[tenant])
    assert stopped(ctx, Machine())[1] == ["stop"]
    foreign = replace(ctx, owner_id=other_tenant.pk)
    assert failure(foreign, Machine()).code == "unknown_service"
    for step, names in ((ctx, ["Web"]), (foreign, [])):
        listed = asyncio.run(Stop().choices("service", step, {}, ""))
        assert [choice.value for choice in listed] == names


def test_stopping_is_in_the_audit_trail(ctx: FakeContext, service: Service, tenant: Tenant):
    stopped(ctx, Machine(), how="graceful")
    entry = AuditEntry.objects.get(verb="stopped")
    assert (entry.target, entry.target_id, entry.tenant_id) == ("service", str(service.pk), tenant.pk)
    assert entry.changes["how"] == "graceful"


def test_a_dry_run_tells_service_and_way():
    config = configured(Stop, {"target": "service", "service": "Web"})
    assert Stop().preview(config, {}) == {"stops": "service", "which": "Web", "how": "graceful_then_forced"}
    assert "Web" in Stop().summary(config)


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that a program in a box may look into."""
    place = Path("/tmp") / f"hookflow-service-{os.getpid()}"
    place.mkdir(mode=0o755)
    (place / "call.py").write_text(CALL)
    yield place
    for file in place.iterdir():
        file.unlink()
    place.rmdir()


@pytest.mark.parametrize("manner", ["willing", "stubborn"])
def test_a_real_process_is_stopped_by_its_commands(
    tenant: Tenant, make_command: MakeCommand, admin: Actor, folder: Path, manner: str
):
    place = folder / "socket"
    process = subprocess.Popen([sys.executable, "-c", SERVICE, str(place), manner])
    while not place.exists():
        assert process.poll() is None
        time.sleep(0.01)
    slots = [
        {"name": "program", "kind": "fixed", "text": str(folder / "call.py")},
        {"name": "socket", "kind": "fixed", "text": str(place)},
        {"name": "word", "kind": "choice", "choices": ["stop", "kill", "status"]},
    ]
    call = make_command(name="Call", executable="/usr/bin/python3", slots=slots, directories=[str(folder)])
    ways = {f"{way}_command": call for way in ("stop", "force", "status")}
    words = {"stop_parameters": "stop", "force_parameters": "kill", "status_parameters": "status"}
    said = {name: {"word": word} for name, word in words.items()}
    create_service(actor=admin, name="Real", audience="everyone", **ways, **said)
    config = {"target": "service", "service": "Real", "force_after": "1s"}
    drawing = line(("t", "manual", {}), ("s", "stop", config))
    try:
        run = run_to_rest(started(published(drawing, Actor.system(tenant.pk)), {}))
        assert run.status == "succeeded", run.error
        assert process.wait(5) == 0
    finally:
        process.kill()
        process.wait()
