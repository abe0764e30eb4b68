"""schemathesis walks the whole OpenAPI document against the running program, within a time budget: no 5xx."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.site import ROOT, Site

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

NOT_FOR_TOKENS = 1
"""`PATCH /api/v1/me/`: a token changes nothing of its user."""
SECONDS = int(os.environ.get("SCHEMATHESIS_SECONDS", "60"))
MAKE_TOKEN = """
from accounts.actors import Actor
from accounts.models import ApiToken, User
from accounts.roles import Permission, Role
from accounts.services import tokens
admin = User.objects.create(id=900_000_000_001, email="fuzz@example.org", name="Fuzz", role=Role.platform_admin)
token, text = tokens.create(Actor.of_user(admin), name="fuzz", scopes=[one.value for one in Permission])
ApiToken.objects.filter(id=token.id).update(id=900_000_000_002)
print(text)
"""
"""Ids that no fuzzer guesses: it would take its own rights away."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "data").with_tables().start()
    yield made
    made.stop()


def token_of(site: Site) -> str:
    made = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", MAKE_TOKEN],
        cwd=ROOT,
        env=site.environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    found = re.search(r"hf_\S+", made.stdout)
    assert found, made.stdout
    return found[0]


OWN_RIGHTS = r"/(tokens|users)/\{id\}"
"""schemathesis takes ids from lists, so it would revoke its own token: these get a run, and a site, of their own."""


@pytest.mark.parametrize(
    ("which", "seconds", "least"),
    [(("--exclude-path-regex", OWN_RIGHTS), SECONDS, 130), (("--include-path-regex", OWN_RIGHTS), 10, 4)],
    ids=["all others", "users and tokens"],
)
def test_no_operation_answers_with_a_server_error(
    site: Site, which: tuple[str, str], seconds: int, least: int
) -> None:
    command = [
        *(
            Path(sys.executable).with_name("st"),
            "run",
            f"{ROOT}/docs/openapi.yaml",
            "--url",
            site.url,
            *which,
        ),
        *("--header", f"Authorization: Bearer {token_of(site)}"),
        # One worker: Hypothesis parses source text to print a lambda, and CPython 3.11 cannot do so in two threads.
        *("--checks", "not_a_server_error", "--phases", "coverage,fuzzing", "--workers", "1"),
        *("--max-time", str(seconds), "--seed", "1", "--generation-database", "none", "--no-color"),
        *("--suppress-health-check", "all", "--request-timeout", "30"),
    ]
    plain = {name: value for name, value in os.environ.items() if not name.endswith("_CA_BUNDLE")}
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        env=plain,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds + 240,
    )
    assert done.returncode == 0, done.stdout[-12_000:]
    refused = re.search(r"Authentication failed: (\d+) operation", done.stdout)
    assert least < 100 or refused is None or int(refused[1]) <= NOT_FOR_TOKENS, done.stdout[-4_000:]
    found = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert found, done.stdout[-2000:]
    assert int(found[1]) >= least, "too little time to try every operation once"
