"""Django apps of packages, in a process that finds several of them installed, most of them broken."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.packages import write_package

ROOT = Path(__file__).resolve().parents[2]
MODEL = """
from django.db import models

class Thing(models.Model):
    tenant_path = "tenant_id"
    tenant = models.ForeignKey("accounts.Tenant", null=True, on_delete=models.CASCADE)
"""
MIGRATION = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [{needs!r}]
    operations = [{operation}]
"""
VIEWS = """
from django.http import HttpResponse
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView
from accounts.pages.access import page
from accounts.roles import Permission

@page(Permission.view)
def closed(request, actor):
    return HttpResponse(actor.name)

class Api(APIView):
    needs = {"get": Permission.manage_platform}

    def get(self, request):
        return Response({})

def open_to_all(request):
    return HttpResponse("hello")

class OpenApi(Api):
    permission_classes = []
"""
GUARDED = VIEWS + 'urlpatterns = [path("", closed, name="start"), path("api/", Api.as_view())]'
APPS: dict[str, dict[str, str]] = {
    "good": {"__init__": "", "models": MODEL, "urls": GUARDED},
    "unreadable": {"__init__": "1 / 0"},
    "flows_again": {
        "apps": "from django.apps import AppConfig\nclass C(AppConfig):\n name, label = 'flows_again', 'flows'"
    },
    "half": {"models": MODEL + "raise SystemExit(3)", "urls": GUARDED},
    "early": {
        "apps": "from django.apps import AppConfig\nclass C(AppConfig):\n"
        " name = 'early'\n def ready(self): raise RuntimeError('no')"
    },
    "needy": {
        "migrations/__init__": "",
        "migrations/0001_initial": MIGRATION.format(needs=("flows", "0999_later"), operation=""),
    },
    "failing": {
        "migrations/__init__": "",
        "migrations/0001_initial": MIGRATION.format(
            needs=("flows", "0001_initial"), operation="migrations.RunSQL('SELECT nothing FROM nowhere')"
        ),
    },
    "open_page": {"urls": VIEWS + 'urlpatterns = [path("", closed), path("x/", open_to_all)]'},
    "open_api": {"urls": VIEWS + 'urlpatterns = [path("", OpenApi.as_view())]'},
}
LOOK = """
import django, json
django.setup()
from django.apps import apps
from django.test import Client
from django.urls import get_resolver
from accounts.models import User
from flows.sdk.loading import broken_apps
from tests.support.routes import routes

paths = [route.path for route in routes(get_resolver()) if route.path.startswith("/plugins/")]
stranger, admin = Client(), Client()
User.objects.update(must_change_password=False)
admin.force_login(User.objects.get())
print(json.dumps({
    "broken": {found.module: [found.package, found.error] for found in broken_apps},
    "paths": paths,
    "models": [model._meta.label for model in apps.get_models()],
    "stranger": [stranger.get(path).status_code for path in paths],
    "admin": [admin.get(path).status_code for path in paths],
}))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages and a database that was prepared with them."""
    folder = tmp_path_factory.mktemp("apps")
    for name, modules in APPS.items():
        write_package(folder / "packages" / name, name, modules, "hookflow.apps")
    return folder


def run(place: Path, names: list[str], *command: str) -> "subprocess.CompletedProcess[str]":
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env = {
        **plain,
        "PYTHONPATH": os.pathsep.join(
            str(path) for path in (ROOT, *(place / "packages" / name for name in names))
        ),
        "HOOKFLOW_DATA": str(place / "data"),
        "DATABASE_URL": f"sqlite:///{place}/db.sqlite3",
        "DJANGO_SETTINGS_MODULE": "hookflow_site.settings",
    }
    done = subprocess.run(
        [sys.executable, *command], cwd=place, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def prepared(place: Path) -> str:
    """What the preparation said."""
    return run(place, list(APPS), str(ROOT / "manage.py"), "prepare", "--make-keys").stderr


@pytest.fixture(scope="module")
def seen(place: Path, prepared: str) -> dict[str, Any]:
    """What a process sees that has all of them."""
    answer: dict[str, Any] = json.loads(run(place, list(APPS), "-c", LOOK).stdout.splitlines()[-1])
    return answer


@pytest.mark.parametrize(
    ("module", "why"),
    [
        ("unreadable", "ZeroDivisionError"),
        ("flows_again", "an app named 'flows' already"),
        ("half", "SystemExit: 3"),
        ("early", "RuntimeError: no"),
        ("needy", "needs the migration flows.0999_later"),
        ("open_page.urls", "open_to_all does not say who may use it"),
        ("open_api.urls", "OpenApi does not say who may use it"),
    ],
)
def test_a_broken_app_is_named(seen: dict[str, Any], module: str, why: str):
    package, error = seen["broken"][module]
    assert package == module.partition(".")[0]
    assert why in error


def test_nothing_else_is_called_broken(seen: dict[str, Any]):
    assert len(seen["broken"]) == 7


def test_a_broken_app_leaves_no_model_behind(seen: dict[str, Any]):
    assert "good.Thing" in seen["models"]
    assert "half.Thing" not in seen["models"]
    assert "flows.Flow" in seen["models"]


def test_addresses_are_those_of_apps_whose_views_are_all_guarded(seen: dict[str, Any]):
    assert seen["paths"] == ["/plugins/good/", "/plugins/good/api/"]


def test_strangers_are_sent_away(seen: dict[str, Any]):
    assert seen["stranger"] == [302, 401]
    assert seen["admin"] == [200, 200]


def test_a_migration_that_fails_is_told_and_the_others_are_made(prepared: str):
    assert "failing.migrations of failing is unavailable: OperationalError" in prepared


@pytest.mark.slow
def test_without_the_packages_it_starts_as_before(place: Path, seen: dict[str, Any]):
    run(place, [], str(ROOT / "manage.py"), "prepare")
    gone = json.loads(run(place, [], "-c", LOOK).stdout.splitlines()[-1])
    assert (gone["paths"], gone["broken"]) == ([], {})
