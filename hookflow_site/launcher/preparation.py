"""What has to be done before the services start: Django does it, in a process that is gone afterwards."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hookflow_site.launcher.children import ROOT, die_with_launcher
from hookflow_site.launcher.config import Config
from hookflow_site.launcher.messages import Refusal, say
from hookflow_site.launcher.prepared import NO, YES

DEMO = "HOOKFLOW_LOCAL_DEMO"
DEMO_MARK = "local-demo"
SENTENCE = "CommandError: "
"""Begins the line with which a command says in one sentence why it will not."""
WANTED, LOADED = "wanted", "loaded"


@dataclass(frozen=True)
class Prepared:
    """What the preparation did.

    Args:
        is_as_before: whether nothing had to be done.
        is_new: whether the database was empty before.
        admin_email: the first administrator, made now; empty otherwise.
        admin_password: the one-time password, to be shown once.
    """

    is_as_before: bool = False
    is_new: bool = False
    admin_email: str = ""
    admin_password: str = ""


def prepare(config: Config, env: Mapping[str, str]) -> Prepared:
    """Keys, schema and first administrator, unless all of it is as the last time.

    Raises:
        Refusal: hookflow must not start on this database or with these settings.
    """
    if run([sys.executable, "-m", "hookflow_site.launcher.prepared"], env, also_fine=NO).returncode == YES:
        return Prepared(is_as_before=True)
    copies = config.data / "before-migration"
    options = ["--make-keys", *(("--copy-to", str(copies)) if config.is_embedded_database else ())]
    answer: dict[str, Any] = json.loads(manage(["prepare", "--json", *options], env))
    return Prepared(**answer)


def was_demo(config: Config) -> bool:
    """Whether the last start left the demo platform here, and this one may have it."""
    mark = config.data / DEMO_MARK
    return config.may_have_demo and mark.is_file() and mark.read_text() == LOADED


def settle_demo(config: Config, env: Mapping[str, str], *, is_new: bool) -> bool:
    """Load the demo platform into a database that was empty, or end it; whether this installation is a demo.

    It ends when others can reach the installation, or when the person who starts it says so.
    """
    mark = config.data / DEMO_MARK
    if is_new and config.may_have_demo:
        mark.write_text(WANTED)
    if not mark.is_file():
        return False
    if not config.may_have_demo:
        say("The demo ends here: flows may no longer call addresses on this machine. Its data stays.")
        manage(["end_demo"], env)
        mark.unlink()
        return False
    if mark.read_text() != LOADED:
        say("Loading the demo platform ...")
        manage(["load_demo"], {**env, DEMO: "1"})
        mark.write_text(LOADED)
    return True


def manage(arguments: list[str], env: Mapping[str, str]) -> str:
    """Run a management command; its standard output.

    Raises:
        Refusal: it failed.
    """
    done = run([sys.executable, str(ROOT / "manage.py"), *arguments], env)
    if done.stderr.strip():
        say(done.stderr, "setup")
    return done.stdout


def run(
    command: list[str], env: Mapping[str, str], *, also_fine: int = 0
) -> "subprocess.CompletedProcess[str]":
    """Run a command that has to end with 0 or `also_fine`.

    Raises:
        Refusal: it did not; says why, when the command did.
    """
    done = subprocess.run(  # noqa: S603  # the commands are the launcher's own
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=dict(env),
        start_new_session=True,
        preexec_fn=die_with_launcher,  # the launcher has one thread
        cwd=ROOT,
        check=False,
    )
    if done.returncode in (0, also_fine):
        return done
    sentences = [line for line in done.stderr.splitlines() if line.startswith(SENTENCE)]
    if sentences:
        raise Refusal(sentences[-1].removeprefix(SENTENCE))
    say(done.stderr, "setup")
    raise Refusal(f"{Path(command[1]).name} {command[2]} failed; the lines above say why.")
