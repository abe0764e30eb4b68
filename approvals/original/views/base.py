"""What all doors of the Workflow feature's API have in common: who comes in, what is asked for, how errors are told."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView, set_rollback

from accounts.actors import Actor
from accounts.api.errors import as_problem
from accounts.api.permissions import SignedIn
from accounts.links import on_site
from approvals.original.auth import session_tokens
from approvals.original.auth.doors import Doors
from approvals.original.dto.errors import error_dto
from approvals.original.links import Dto, Links
from approvals.original.media import Asked, Form, asked, form_of
from approvals.original.writing import written
from approvals.original.xml import from_xml
from approvals.services.settings import workflow_settings
from common import strict_json
from common.problems import Problem, bad_value

ROOT: Final = "/api/"
MOST_BODY: Final = 262_144


class _Whatever(BaseContentNegotiation):
    """What is asked for is looked at by the views, which know what they answer."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], ""


class _Unused(BaseRenderer):
    """Stands where the framework wants one: answers come written."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return b""


class Door(APIView):
    """A view of this API. Whoever is known comes in; services and `reach` say what one may do."""

    authentication_classes = [Doors]
    permission_classes = [SignedIn]
    content_negotiation_class = _Whatever
    parser_classes = ()
    renderer_classes = [_Unused]
    schema = None
    answers: ClassVar[str] = ""
    """The entity that an answer is, as its media type names it; empty: nothing is answered."""
    answers_to: ClassVar[Mapping[str, str]] = {}
    """The same for methods that answer something else."""
    of_task: ClassVar[bool] = False
    """The path names a task."""

    asked = Asked()

    @property
    def actor(self) -> Actor:
        actor: Actor = self.request.auth  # type: ignore[assignment]
        return actor

    @property
    def links(self) -> Links:
        """Makes links as they are answered."""
        return Links(on_site(ROOT), self.asked.form)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Settle how the answer is written, then who asks."""
        accept = request.headers.get("Accept", "")
        entity = self.answers_to.get(str(request.method), self.answers)
        self.asked = asked(accept, entity, otherwise=_form_of_who_does_not_care(accept))
        super().initial(request, *args, **kwargs)

    def told(self, dto: Dto, status: int = 200, *, entity: str = "") -> HttpResponse:
        kind = entity or self.answers
        return HttpResponse(
            written(kind, dto, self.asked), status=status, content_type=self.asked.content_type(kind)
        )

    def sent(self, *, is_needed: bool = True) -> Dto:
        """The object in the request's body, JSON or XML.

        Raises:
            Problem: 415 `unsupported_media_type`; 413 `too_large`; 400 for what cannot be read.
        """
        body, form = body_of(self.request), form_of(self.request.headers.get("Content-Type", ""))
        if not body.strip():
            if is_needed:
                raise bad_value("body_needed", "The request has no body.", hint="Send the object to write.")
            return {}
        if form is None and is_needed:
            raise Problem(
                415, "unsupported_media_type", "The body is of another type.", hint="Send JSON or XML."
            )
        return _object(body, form or (Form.XML if body.lstrip().startswith(b"<") else Form.JSON))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Clients go on with the session token that Basic or their last one gives; browsers never get one."""
        answer: Any = super().finalize_response(request, response, *args, **kwargs)
        actor = getattr(request, "_auth", None)  # what was found; `auth` would look again
        if isinstance(actor, Actor) and getattr(request._request, "is_renewed", False):
            text = session_tokens.made(actor)
            answer.headers[session_tokens.NAME] = text
            answer.set_cookie(
                session_tokens.NAME,
                text,
                max_age=session_tokens.SECONDS,
                path=ROOT,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Strict",
            )
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def get_exception_handler(self) -> Any:
        """Errors in the original's shape."""
        return self.failed

    def failed(self, exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
        """The answer for what was foreseen; None for anything else."""
        problem = as_problem(exc)
        if problem is None:
            return None
        set_rollback()
        answer = self.told(error_dto(problem, of_task=self.of_task), problem.status, entity="errors")
        answer["Content-Type"] = answer["Content-Type"].replace("abiquo.errors+", "abiquo.error+")
        if problem.status == 401:
            answer["WWW-Authenticate"] = getattr(exc, "auth_header", None) or 'OAuth realm="hookflow"'
        wait = problem.extra.get("retry_after") or getattr(exc, "wait", None)
        if wait:
            answer["Retry-After"] = str(int(wait) + 1)
        return answer


def body_of(request: Request) -> bytes:
    """What was sent.

    Raises:
        Problem: 413 `too_large`.
    """
    plain: HttpRequest = request._request
    if len(plain.body) > MOST_BODY:
        raise Problem(413, "too_large", f"The body is larger than {MOST_BODY:,} bytes.", hint="Send less.")
    return plain.body


def flag(given: Dto, name: str) -> bool | None:
    """A yes or no, as JSON or XML has it; None when it is not there.

    Raises:
        Problem: 400 `invalid`.
    """
    value = given.get(name)
    if value is None or isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in ("true", "1"):
        return True
    if text in ("false", "0"):
        return False
    raise bad_value("invalid", f"{name} is true or false.", field=name)


def _object(body: bytes, form: Form) -> Dto:
    if form == Form.XML:
        return from_xml(body)
    value = strict_json.loads(body)
    if not isinstance(value, dict):
        raise bad_value("invalid", "The body is no object.", hint="Send one JSON object.")
    return value


def _form_of_who_does_not_care(accept: str) -> Form:
    """Clients of 2013 name no type and read XML: they get what the connector is set to."""
    if accept and "*" not in accept:
        return Form.JSON
    return Form(workflow_settings().body)
