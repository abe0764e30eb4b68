"""The three steps of OAuth 1.0a; see `approvals.services.applications`."""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.actors import Actor
from accounts.api.throttling import refuse_wrong_token
from accounts.client_address import client_address
from accounts.links import on_site
from accounts.pages.access import page
from accounts.roles import Permission
from approvals.models import ApplicationToken
from approvals.original.auth import oauth
from approvals.original.auth.browsers import is_from_browser
from approvals.original.privileges import PRIVILEGES
from approvals.original.views.base import Door
from approvals.services import applications
from common.problems import Problem, bad_value

PATH = "/api/oauth/authorize"


class SignedDoor(Door):
    """Asked by applications, which sign with their own secret; nobody is signed in yet."""

    authentication_classes = []
    permission_classes = []

    def refused(self, request: Request) -> Exception:
        """Why it is refused: the same for whatever was wrong."""
        problem = refuse_wrong_token(client_address(request._request))
        if problem.status != 401:
            return problem
        return Problem(401, "bad_signature", "The signature, key or token is not valid.")


class RequestToken(SignedDoor):
    """The first step."""

    def post(self, request: Request) -> HttpResponse:
        found = oauth.token_request(request._request)
        if found is None:
            raise self.refused(request)
        pair = applications.begin(*found)
        return _pair(pair, oauth_callback_confirmed="true")

    get = post


class AccessToken(SignedDoor):
    """The third step."""

    def post(self, request: Request) -> HttpResponse:
        allowed = oauth.exchange_request(request._request)
        pair = applications.exchange(allowed) if allowed else None
        if pair is None:
            raise self.refused(request)
        return _pair(pair)

    get = post


class AuthorizeByProgram(Door):
    """The second step, of programs that hold their user's password: the answer leads on with the verifier."""

    def get(self, request: Request) -> HttpResponse:
        if is_from_browser(request._request):
            raise AuthenticationFailed("Programs come here; in a browser, sign in to the site first.")
        token, verifier = applications.allow(actor=self.actor, key=_key(request.query_params))
        return HttpResponseRedirect(_back(token, verifier))

    post = get


@page(tuple(Permission), "GET POST")
def authorize_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The second step, of people: what the application may do, and one button."""
    key = _key(request.GET)
    if request.method == "POST":
        token, verifier = applications.allow(actor=actor, key=key)
        is_called = token.callback != applications.OUT_OF_BAND
        context = {
            "application": token.application,
            "verifier": verifier,
            "back": _back(token, verifier) if is_called else "",
            "host": urlsplit(token.callback).hostname if is_called else "",
        }
        return render(request, "approvals/oauth_allowed.html", context)
    token = applications.waiting_request(actor, key)
    needed = {one for name in token.application.privileges for one in PRIVILEGES.get(name, ())}
    context = {
        "application": token.application,
        "meanings": [one.meaning for one in Permission if one in needed and actor.may(one)],
        "host": urlsplit(token.callback).hostname,
    }
    return render(request, "approvals/oauth_authorize.html", context)


_program = AuthorizeByProgram.as_view()


def authorize(request: HttpRequest) -> HttpResponseBase:
    """Programs say who they are in a header; everyone else is a person with a session."""
    if "Authorization" in request.headers:
        return _program(request)
    return authorize_page(request)


def _key(query: QueryDict) -> str:
    key = query.get("oauth_token", "")
    if not key:
        raise bad_value("invalid", "The address names no request.", field="oauth_token")
    return key


def _back(token: ApplicationToken, verifier: str) -> str:
    """Where the user goes on; the verifier stands last, where simple clients look for it."""
    is_called = token.callback != applications.OUT_OF_BAND
    address = token.callback if is_called else on_site(f"{PATH}/done")
    sign = "&" if urlsplit(address).query else "?"
    return f"{address}{sign}{urlencode({'oauth_token': token.key, 'oauth_verifier': verifier})}"


def _pair(pair: applications.Pair, **more: str) -> HttpResponse:
    told = {"oauth_token": pair.key, "oauth_token_secret": pair.secret, **more}
    return HttpResponse(urlencode(told), content_type=oauth.FORM)
