"""The package in docs/plugins.md, written out and installed by pip into an environment of its own.

An image `FROM hookflow` does the same: it installs the package beside hookflow, and `manage.py prepare` follows.
"""

import json
import os
import re
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.migrated import copy_migrated

ROOT = Path(__file__).resolve().parents[3]
FILE = re.compile(r"`([\w/]+\.(?:toml|py))`[^:`]*:\n\n```\w+\n(.*?)```", re.DOTALL)
LOOK = """
import django, json
django.setup()
from django.test import Client
from django.urls import get_resolver
from accounts.models import User
from flows.models import Event
from flows.sdk import event_types, node_types
from flows.sdk.loading import broken_apps, broken_modules

get_resolver().url_patterns
User.objects.update(must_change_password=False)
stranger, admin = Client(), Client()
admin.force_login(User.objects.get())
address = "/plugins/acme/"
answers = [stranger.get(address), stranger.post(f"{address}take/", {"caller": "eve"})]
answers.append(admin.post(f"{address}take/", {"caller": "ada"}))
page = admin.get(address)
print(json.dumps({
    "broken": [str(found) for found in (*broken_apps, *broken_modules)],
    "types": [name for name in (*node_types, *event_types) if name.startswith("acme")],
    "retries": node_types.get("acme-shout") and node_types.get("acme-shout").meta.retry.attempts,
    "answers": [answer.status_code for answer in answers],
    "page": page.json() if page.status_code == 200 else page.status_code,
    "events": list(Event.objects.filter(type__startswith="acme").values_list("type", "source")),
}))
"""


@dataclass(frozen=True)
class Place:
    """The folder of the package, and an environment that has hookflow's libraries and what is installed into it."""

    folder: Path

    @property
    def package(self) -> Path:
        return self.folder / "package"

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

    def run(self, *command: str) -> str:
        """Standard output of a Python command in the package's folder."""
        return self.do(self.package, str(self.python), *command)

    def pip(self, *command: str) -> str:
        """Pip, on the environment."""
        return self.do(
            self.package, sys.executable, "-m", "pip", "--python", str(self.python), "--no-input", *command
        )

    def do(self, folder: Path, *command: str) -> str:
        plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        env = {
            **plain,
            "MYPYPATH": str(ROOT),
            "PYTHONPATH": str(ROOT),
            "HOOKFLOW_DATA": str(self.folder / "data"),
            "DATABASE_URL": f"sqlite:///{self.folder}/db.sqlite3",
            "DJANGO_SETTINGS_MODULE": "hookflow_site.settings",
        }
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def manage(self, *command: str) -> str:
        return self.do(self.folder, str(self.python), str(ROOT / "manage.py"), *command)

    def look(self) -> dict[str, Any]:
        """What a process of hookflow sees of the package."""
        seen: dict[str, Any] = json.loads(self.do(self.folder, str(self.python), "-c", LOOK).splitlines()[-1])
        return seen


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The package as documented, installed beside a hookflow that has its tables, with its migration written."""
    place = Place(tmp_path_factory.mktemp("acme"))
    for name, text in FILE.findall((ROOT / "docs" / "plugins.md").read_text()):
        (place.package / name).parent.mkdir(parents=True, exist_ok=True)
        (place.package / name).write_text(text)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place.folder / "venv")], check=True)
    (own,) = (place.folder / "venv" / "lib").glob("python*/site-packages")
    (own / "hookflow.pth").write_text(sysconfig.get_path("purelib"))
    copy_migrated(place.folder / "db.sqlite3")
    place.pip("install", "-qq", "--no-deps", "--no-build-isolation", "--no-index", "-e", ".")
    place.manage("makemigrations", "acme_calls")
    return place


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_it_is_typed_strictly(place: Place):
    place.run("-m", "mypy", "--strict", "acme_hookflow", "tests")


@pytest.mark.slow
def test_its_own_tests_pass(place: Place):
    place.run("-m", "pytest", "-q", "-p", "no:django", "tests")


@pytest.mark.slow
def test_hookflow_takes_all_of_it_and_goes_on_without_it(place: Place):
    place.manage("prepare", "--make-keys")
    seen = place.look()
    assert seen["broken"] == []
    assert seen["types"] == ["acme-call", "acme-shout", "acme.called"]
    assert seen["retries"] == 3
    assert seen["answers"] == [302, 302, 201]
    assert seen["page"] == {"callers": ["ada"]}
    assert seen["events"] == [["acme.called", "package:acme-hookflow"]]
    place.pip("uninstall", "-qq", "-y", "acme-hookflow")
    place.manage("prepare")
    left = place.look()
    assert (left["broken"], left["types"], left["answers"]) == ([], [], [404, 404, 404])


def test_the_sdk_says_that_it_is_typed():
    assert (ROOT / "flows" / "py.typed").is_file()
    assert (ROOT / "common" / "py.typed").is_file()
