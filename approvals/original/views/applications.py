"""Applications of a user."""

import re
from typing import Final

from django.http import HttpResponse
from rest_framework.request import Request

from approvals.models import Application
from approvals.original import privileges, reach
from approvals.original.dto.config import application_dto
from approvals.original.links import Dto, user_path
from approvals.original.views.base import Door
from approvals.services import applications
from common.ids import row_id
from common.problems import bad_value, not_found

_PRIVILEGE: Final = re.compile(r"(?:^|/)config/privileges/(\d{1,9})/?$")
MOST_LINKS: Final = 100


class Applications(Door):
    """Those that the user registered; POST registers one and tells its secret, once."""

    answers = "applications"
    answers_to = {"POST": "application"}

    def get(self, request: Request, enterprise: str, user: str) -> HttpResponse:
        owner = reach.user_of(self.actor, enterprise, user)
        rows = applications.own(self.actor).filter(user=owner).select_related("user")
        if token := request.query_params.get("oauth_token"):
            rows = rows.filter(tokens__key=token[:40])
        found = [application_dto(one, self.links) for one in rows]
        own = f"{user_path(owner.tenant_id, owner.pk)}/applications"
        links = [self.links.to("self", own, entity="applications")]
        return self.told({"totalSize": len(found), "links": links, "collection": found})

    def post(self, request: Request, enterprise: str, user: str) -> HttpResponse:
        if row_id(user) != self.actor.user_id:
            raise not_found("There is no such user.")
        owner = reach.user_of(self.actor, enterprise, user)
        applications.need_own(self.actor, owner)
        given = self.sent()
        made, secret = applications.register(
            actor=self.actor,
            user=owner,
            name=_text(given, "name"),
            description=_text(given, "description"),
            privileges=_privileges(given),
        )
        return self.told(application_dto(made, self.links, secret=secret), 201)


class OneApplication(Door):
    """One of them; DELETE ends all that it was allowed."""

    answers = "application"

    def get(self, request: Request, enterprise: str, user: str, application: str) -> HttpResponse:
        return self.told(application_dto(self._found(enterprise, user, application), self.links))

    def delete(self, request: Request, enterprise: str, user: str, application: str) -> HttpResponse:
        applications.delete(actor=self.actor, application=self._found(enterprise, user, application))
        return HttpResponse(status=204)

    def _found(self, enterprise: str, user: str, application: str) -> Application:
        owner = reach.user_of(self.actor, enterprise, user)
        rows = applications.own(self.actor).filter(user=owner).select_related("user")
        found = rows.filter(pk=row_id(application) or 0).first()
        if found is None:
            raise not_found("There is no such application.")
        return found


def _text(given: Dto, name: str) -> str:
    value = given.get(name) or ""
    if not isinstance(value, str):
        raise bad_value("invalid", f"{name} is a text.", field=name)
    return value


def _privileges(given: Dto) -> list[str]:
    links = given.get("links") or []
    if not isinstance(links, list) or len(links) > MOST_LINKS:
        raise bad_value("invalid", "links is a list of links.", field="links")
    found = []
    for link in links:
        if not isinstance(link, dict) or link.get("rel") != "privilege":
            continue
        match = _PRIVILEGE.search(str(link.get("href", "")))
        name = privileges.name_of(int(match[1])) if match else None
        if name is None:
            raise bad_value(
                "invalid", "A privilege is not known.", hint="See /api/config/privileges.", field="links"
            )
        found.append(name)
    return found
