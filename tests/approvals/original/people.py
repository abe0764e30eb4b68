"""Clients of this API, as old connectors are: a name and a password, no session."""

import base64
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.conftest import PASSWORD

TASK = "/api/cloud/virtualdatacenters/4328/virtualappliances/4328/virtualmachines/1369/tasks"


def basic(email: str, password: str = PASSWORD) -> str:
    """The header's value."""
    return "Basic " + base64.b64encode(f"{email}:{password}".encode()).decode()


class Caller:
    """Sends requests with one `Authorization`."""

    def __init__(self, authorization: str | None) -> None:
        self._client = Client()
        self._headers = {"Authorization": authorization} if authorization else {}

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: bytes | str = b"", kind: str = "", **headers: str) -> HttpResponse:
        return self.send("POST", path, body, kind, **headers)

    def put(
        self, path: str, body: bytes | str, kind: str = "application/json", **headers: str
    ) -> HttpResponse:
        return self.send("PUT", path, body, kind, **headers)

    def send(self, method: str, path: str, body: Any = b"", kind: str = "", **headers: str) -> HttpResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer: Any = self._client.generic(
            method, path, body, content_type=kind, headers={**self._headers, **named}
        )
        return answer


def of(user: Any) -> Caller:
    """The user, with the password."""
    return Caller(basic(user.email))
