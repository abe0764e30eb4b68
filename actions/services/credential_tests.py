"""Asks a worker whether a credential works: only there it is opened."""

from typing import Final

from accounts.actors import Actor
from accounts.roles import Permission
from accounts.scope import one, visible
from actions.models import Credential
from common.problems import conflict
from flows.models import Errand
from flows.sdk import Json
from flows.services.errands import Question, ask

TEST: Final = "credential-test"


def question_of(row: Credential, *, staging: bool = False) -> Question:
    """The question whether it works."""
    request: dict[str, Json] = {"id": row.pk, "name": row.name, "type": row.type, "staging": staging}
    return Question(TEST, row.tenant_id, request, Permission.manage_credentials)


def ask_test(actor: Actor, row: Credential, *, staging: bool = False) -> Errand:
    """Have a worker test the values that runs use, or those for trying out.

    Raises:
        Problem: 403 `not_allowed`; 404 `not_found`: it is another's, and only shared; 409 `no_staging`; 429
            `too_many_questions`.
    """
    actor.need(Permission.manage_credentials)
    own = one(visible(Credential, actor), row.pk)
    if staging and own.staging_fields is None:
        raise conflict(
            "no_staging", "There are no values for trying out.", hint="Fill them in, or test the others."
        )
    return ask(actor, question_of(own, staging=staging))
