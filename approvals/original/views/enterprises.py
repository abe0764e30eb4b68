"""Tenants, their users and roles, and who is signed in."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.models import Tenant
from accounts.scope import visible
from approvals.original import reach
from approvals.original.auth.doors import renew
from approvals.original.dto import people as dto
from approvals.original.links import enterprise_path
from approvals.original.media import Form
from approvals.original.paging import Page
from approvals.original.views.base import Door, flag
from approvals.services.settings import need_platform, set_tenant_workflow, tenant_workflows
from common.problems import bad_value, not_found

VERSION = "6.1.0"


class Login(Door):
    """Who one is; the answer's headers hold a session token to go on with."""

    answers = "user"

    def get(self, request: Request) -> HttpResponse:
        renew(request._request)
        user = reach.people(self.actor, reach.ALL).get(pk=self.actor.user_id or 0)
        return self.told(dto.user_dto(user, self.links))

    post = get


class Version(Door):
    """The version of the API, as plain text; anybody may ask."""

    permission_classes = []

    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(VERSION, content_type="text/plain")


class Enterprises(Door):
    """The tenants in reach."""

    answers = "enterprises"

    def get(self, request: Request) -> HttpResponse:
        rows = visible(Tenant, self.actor) | Tenant.objects.filter(pk=self.actor.tenant_id or 0)
        total, found = Page.of(request.query_params).cut(rows.order_by("name"))
        has = tenant_workflows(found)
        told = [dto.enterprise_dto(one, self.links, has_workflow=has[one.pk]) for one in found]
        links = [self.links.to("self", "admin/enterprises", entity="enterprises")]
        return self.told({"totalSize": total, "links": links, "collection": told})


class Enterprise(Door):
    """One tenant; of what is sent back only `workflow` is changed."""

    answers = "enterprise"

    def get(self, request: Request, enterprise: str) -> HttpResponse:
        return self._told(reach.enterprise_of(self.actor, enterprise))

    def put(self, request: Request, enterprise: str) -> HttpResponse:
        need_platform(self.actor)
        tenant = reach.enterprise_of(self.actor, enterprise)
        given = self.sent()
        if tenant is None:
            raise bad_value("invalid", "The platform's own workflow is a system property.", field="workflow")
        if given.get("name", tenant.name) != tenant.name:
            raise bad_value("invalid", "The name is not changed here.", hint="Leave it.", field="name")
        wanted = flag(given, "workflow")
        if wanted is not None and wanted != tenant_workflows([tenant])[tenant.pk]:
            set_tenant_workflow(self.actor, tenant, wanted)
        return self._told(tenant)

    def _told(self, tenant: Tenant | None) -> HttpResponse:
        has = tenant_workflows([tenant])[tenant.pk] if tenant else False
        return self.told(dto.enterprise_dto(tenant, self.links, has_workflow=has))


class Users(Door):
    """The users of an enterprise; `_` is all."""

    def get(self, request: Request, enterprise: str) -> HttpResponse:
        path = "admin/enterprises/_"
        if enterprise != reach.ALL:
            tenant = reach.enterprise_of(self.actor, enterprise)
            path = enterprise_path(tenant.pk if tenant else None)
        total, found = Page.of({"limit": "0", **request.query_params.dict()}).cut(
            reach.people(self.actor, enterprise)
        )
        # Clients of 2013 ask for nothing and read users with their role inside.
        is_old = self.asked.form == Form.XML and "users+xml" not in request.headers.get("Accept", "")
        told = dto.users_dto(found, self.links, f"{path}/users", has_role=is_old)
        return self.told({**told, "totalSize": total}, entity="userswithroles" if is_old else "users")


class OneUser(Door):
    """A user: oneself, or one whose tasks one decides."""

    answers = "user"

    def get(self, request: Request, enterprise: str, user: str) -> HttpResponse:
        return self.told(dto.user_dto(reach.user_of(self.actor, enterprise, user), self.links))


class RoleOf(Door):
    """A role, by the id that links have."""

    answers = "role"

    def get(self, request: Request, role_id: str) -> HttpResponse:
        for number, name in dto.all_roles():
            if str(number) == role_id:
                links = [self.links.to("self", f"admin/roles/{number}", entity="role")]
                return self.told({"id": number, "name": name, "links": links})
        raise not_found("There is no such role.")
