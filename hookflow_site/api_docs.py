"""The OpenAPI document and the page that shows it, both behind sign-in and from this site alone."""

from functools import cache
from typing import Any, ClassVar

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission


@cache
def document() -> bytes:
    """The OpenAPI document as JSON; the same for everyone, so it is made once a process."""
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
    return orjson.dumps(generator.get_schema(request=None, public=True), default=str)


class OpenApiView(APIView):
    """The document."""

    needs: ClassVar[dict[str, Permission]] = {"get": Permission.view}

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """OpenAPI 3.1 as JSON."""
        return HttpResponse(document(), content_type="application/vnd.oai.openapi+json;version=3.1")


@page(Permission.view)
def api_docs(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The API to read and to try out."""
    return render(request, "api_docs.html")
