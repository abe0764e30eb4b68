"""What stands before every page: who asks, and whether they may; and how a problem gets back into a form."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor, actor_of
from accounts.roles import Permission
from common.problems import Problem
from look.forms import SiteForm

Page = Callable[Concatenate[HttpRequest, Actor, ...], HttpResponseBase]
View = Callable[..., HttpResponseBase]


def page(permission: Permission | tuple[Permission, ...], methods: str = "GET") -> Callable[[Page], View]:
    """Give the view its actor, who has `permission`; strangers are sent to the sign-in page.

    Args:
        permission: what is needed; of several, any one.
        methods: the methods allowed, separated by a space; HEAD comes with GET.
    """
    allowed = methods.split()
    needed = (permission,) if isinstance(permission, Permission) else permission
    if "GET" in allowed:
        allowed.append("HEAD")

    def decorate(view: Page) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = actor_of(request)
            actor.need(*needed)
            return view(request, actor, *args, **kwargs)

        guarded.needs = needed  # type: ignore[attr-defined]  # read by whoever looks for views that are open to all
        return never_cache(require_http_methods(allowed)(guarded))

    return decorate


@contextmanager
def problems_into(form: SiteForm) -> Iterator[None]:
    """A service's problem becomes an error of the form."""
    try:
        yield
    except Problem as problem:
        form.add_problem(problem)
