"""People and clients that all tests share."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import connection
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from accounts.models import Scope, Tenant, User
from accounts.roles import Role
from actions.services import office365
from common import crypto
from common.egress import EgressPolicy, policy, use_provider
from common.timed_cache import TimedCache
from flows.services.doorbell import Doorbell
from tests.support.packages import Packages

pytest_plugins = ["tests.support.plugin", "tests.support.credentials"]

PASSWORD = "correct horse battery"
# Argon2 is slow on purpose; tests hash often and guard nothing.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
_HASH: list[str] = []


def make_user(email: str, role: Role | None, tenant: Tenant | None, scope: Scope | None = None) -> User:
    """A user whose password is `PASSWORD`; hashed once, because Argon2 is slow on purpose."""
    if not _HASH:
        _HASH.append(make_password(PASSWORD))
    return User.objects.create(
        email=email,
        name=email.partition("@")[0],
        role=role or Role.customer,
        tenant=tenant,
        scope=scope,
        password=_HASH[0],
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Threads of the program keep their connections; PostgreSQL drops no database that someone uses."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def quiet_doorbell(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test rings at a broker unless it is about the doorbell; runners poll."""
    monkeypatch.setattr(Doorbell, "ring", lambda self: None)


@pytest.fixture(autouse=True)
def no_kept_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test signs in with what another got."""
    monkeypatch.setattr(office365, "_tokens", TimedCache(seconds=3600, most=10))


@pytest.fixture
def encryption_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key with which secrets can be stored."""
    monkeypatch.setattr(crypto, "_ring", crypto.KeyRing([crypto.new_key("t1")]))


@pytest.fixture
def tenant(db: None) -> Tenant:
    return Tenant.objects.create(name="Acme", slug="acme")


@pytest.fixture
def other_tenant(db: None) -> Tenant:
    return Tenant.objects.create(name="Umbrella", slug="umbrella")


@pytest.fixture
def platform_admin(db: None) -> User:
    return make_user("root@example.org", Role.platform_admin, None)


@pytest.fixture
def tenant_admin(tenant: Tenant) -> User:
    return make_user("admin@acme.example", Role.tenant_admin, tenant)


@pytest.fixture
def flow_editor(tenant: Tenant) -> User:
    return make_user("editor@acme.example", Role.flow_editor, tenant)


@pytest.fixture
def viewer(tenant: Tenant) -> User:
    return make_user("viewer@acme.example", Role.viewer, tenant)


@pytest.fixture
def customer(tenant: Tenant) -> User:
    return make_user("grace@acme.example", Role.customer, tenant)


@pytest.fixture
def scope(tenant: Tenant) -> Scope:
    made = Scope.objects.create(name="East")
    made.tenants.add(tenant)
    return made


@pytest.fixture
def manager(scope: Scope) -> User:
    """Of no tenant; looks after Acme."""
    return make_user("manager@east.example", Role.manager, None, scope=scope)


@pytest.fixture
def connector(scope: Scope) -> User:
    return make_user("connector@east.example", Role.connector, None, scope=scope)


@pytest.fixture
def integration(tenant: Tenant) -> User:
    """A machine account with the permissions of a billing system."""
    made = make_user("billing@acme.example", Role.integration, tenant)
    made.set_unusable_password()
    made.permissions = ["send_events", "view_inventory", "balances"]
    made.save()
    return made


@pytest.fixture
def outsider_admin(other_tenant: Tenant) -> User:
    return make_user("admin@umbrella.example", Role.tenant_admin, other_tenant)


@pytest.fixture
def api() -> Callable[[User | None], APIClient]:
    """`api(user)` is a client of the API, signed in as that user; `api(None)` is a stranger."""

    def client(user: User | None = None) -> APIClient:
        made = APIClient()
        if user is not None:
            made.force_login(user)
        return made

    return client


@pytest.fixture(autouse=True)
def built_frontend(tmp_path_factory: pytest.TempPathFactory, settings: LazySettings) -> None:
    """A manifest with every entry, so that pages render whether or not the front end was built."""
    folder = tmp_path_factory.getbasetemp() / "static"
    if not folder.exists():
        (folder / "editor").mkdir(parents=True)
        entries = {
            f"src/{name}": {"file": f"assets/{name}.js", "name": name, "isEntry": True}
            for name in ("site", "editor", "run", "joboutput")
        }
        (folder / "editor" / "manifest.json").write_text(json.dumps(entries))
    settings.STATICFILES_DIRS = [folder]


@pytest.fixture(autouse=True)
def only_public_addresses() -> Iterator[None]:
    """Nothing inner may be reached, and no thread of the way out asks the test's database."""
    before = policy.default_source()
    use_provider(EgressPolicy)
    yield
    policy._source = before


@pytest.fixture
def loopback_allowed(only_public_addresses: None) -> None:
    """This machine may be reached, as in the demo."""
    use_provider(lambda: EgressPolicy.of(["127.0.0.0/8", "::1"]))


@pytest.fixture
def packages(tmp_path: Path) -> Iterator[Packages]:
    """Installs packages of strangers while the test runs."""
    made = Packages(tmp_path / "packages")
    yield made
    made.undo()
