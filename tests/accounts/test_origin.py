"""From where something is done."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts import origin as origins
from accounts.models import AuditEntry, Tenant, User
from accounts.origin import Origin, OriginMiddleware, Way, coming_from, is_command, origin


@pytest.mark.parametrize(
    ("path", "way"),
    [
        ("/users/", Way.page),
        ("/api/v1/flows/", Way.api),
        ("/api/cloud/tasks/", Way.connector),
        ("/admin/x/", Way.admin),
    ],
)
def test_the_path_tells_the_way_in(path: str, way: Way) -> None:
    seen: list[Origin] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(origin())
        return HttpResponse()

    OriginMiddleware(answer)(RequestFactory().get(path, REMOTE_ADDR="192.0.2.7"))
    assert seen == [Origin(way, "192.0.2.7")]


def test_outside_of_requests_it_is_the_program() -> None:
    with coming_from(Origin(Way.page, "192.0.2.7")):
        assert origin() == Origin(Way.page, "192.0.2.7")
    assert origin() == Origin(Way.program, "")


def test_a_process_of_the_shell_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins, "_of_process", [Origin()])
    is_command()
    assert origin().way == Way.command


def test_an_entry_says_from_where(platform_admin: User, tenant: Tenant) -> None:
    client = Client(REMOTE_ADDR="2001:db8::7")
    client.force_login(platform_admin)
    client.patch(f"/api/v1/tenants/{tenant.pk}/", {"name": "New"}, content_type="application/json")
    entry = AuditEntry.objects.get(verb="updated")
    assert (entry.way, entry.address) == ("api", "2001:db8::7")
