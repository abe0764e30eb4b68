"""`python -m hookflow_site.launcher`: all of hookflow on this machine, until Ctrl-C."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from hookflow_site.env import BadSetting, Env
from hookflow_site.launcher import services, valkey
from hookflow_site.launcher.boxes import say_confinement
from hookflow_site.launcher.casting import Mould
from hookflow_site.launcher.children import Child, Spec
from hookflow_site.launcher.config import (
    Config,
    environment,
    listen,
    make_data_folder,
    make_private_folder,
    read_config,
)
from hookflow_site.launcher.deaths import adopt_orphans
from hookflow_site.launcher.guard import MemoryGuard
from hookflow_site.launcher.lock import take_lock
from hookflow_site.launcher.messages import Refusal, say
from hookflow_site.launcher.preparation import DEMO, Prepared, prepare, settle_demo, was_demo
from hookflow_site.launcher.prepared import was_prepared
from hookflow_site.launcher.readiness import ReadinessProbe
from hookflow_site.launcher.supervisor import Supervisor

REFUSED = 2


def main() -> int:
    """Start, keep alive, stop; the exit code."""
    signal.signal(signal.SIGTERM, _stop_during_setup)
    try:
        with ExitStack() as stack:
            return _run(read_config(os.environ), stack)
    except (Refusal, BadSetting) as refusal:
        sys.stderr.write(f"hookflow cannot start: {refusal}\n")
        return REFUSED
    except KeyboardInterrupt:
        return 130


def _run(config: Config, stack: ExitStack) -> int:
    make_data_folder(config.data)
    stack.callback(take_lock(config.data).close)
    listener = listen(config)
    stack.callback(listener.close)
    redis_url, embedded = config.given.get("REDIS_URL", ""), []
    if config.is_embedded_valkey:
        child, redis_url = stack.enter_context(_valkey(config))
        embedded = [child]
    env = {**environment(config, redis_url), DEMO: "1" if was_demo(config) else "0"}
    mould = stack.enter_context(Mould(env, (listener.fileno(),))) if adopt_orphans() else None
    if mould and was_prepared(config.data):
        mould.start()  # most likely all is as the last time
    prepared = prepare(config, env)
    say_admin(prepared)
    settled = "1" if settle_demo(config, env, is_new=prepared.is_new) else "0"
    if mould and mould.is_running and not (prepared.is_as_before and settled == env[DEMO]):
        mould.end()
    env[DEMO] = settled
    wanted = [
        *(services.web(number, listener.fileno(), env) for number in range(1, config.webs + 1)),
        *(services.worker(number, env) for number in range(1, config.workers + 1)),
    ]

    def on_ready() -> None:
        say(f"hookflow is ready at {config.address}")
        say_admin(prepared)
        say_confinement(is_let=Env(config.given).flag("UNCONFINED_PROGRAMS", default=False))
        say("Press Ctrl-C to stop it.")

    probe = ReadinessProbe(config.local_host, config.port)
    boards = make_private_folder(config.data / "at-work")
    noting = [services.noting(spec, boards) for spec in wanted]
    code = Supervisor(noting, embedded, probe, on_ready, MemoryGuard(config.child_memory), mould).run()
    say("hookflow has stopped.")
    return code


@contextmanager
def _valkey(config: Config) -> Iterator[tuple[Child, str]]:
    folder = valkey.make_folder(config.data / "valkey-folder")
    env = {"PATH": os.defpath, "LC_ALL": "C"}
    child = Child(Spec("valkey", valkey.arguments(folder), env, hidden=valkey.HIDDEN))
    try:
        child.start()
        yield child, valkey.socket_url(folder)
    finally:
        child.kill()
        shutil.rmtree(folder, ignore_errors=True)
        Path(config.data / "valkey-folder").unlink(missing_ok=True)


def say_admin(prepared: Prepared) -> None:
    """Show the first administrator's password, which is stored nowhere."""
    if prepared.admin_password:
        say(f"Sign in as {prepared.admin_email} with the one-time password {prepared.admin_password}")


def _stop_during_setup(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
