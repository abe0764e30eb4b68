"""The MIB that receivers of life-cycle traps load."""

from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission

MIB: Final = Path(__file__).parents[1] / "mib" / "CLOUDIFY-MIB.mib"


@page(Permission.view, "GET")
def mib(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The module as a file."""
    return HttpResponse(
        MIB.read_bytes(),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{MIB.name}"'},
    )
