"""The values of a credential: checked by its type, split into what may be seen and what may not."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from common.problems import Problem, bad_value
from common.redact import redact_known, redact_text, secrets_known
from flows.sdk import CredentialFields, CredentialType, JsonObject
from flows.sdk.config_errors import located_errors
from flows.sdk.config_fields import config_of


def merged(kind: CredentialType, before: Mapping[str, Any], sent: Mapping[str, Any]) -> JsonObject:
    """What was sent over what was there. A secret that is left out, or null, keeps its value; null takes any other
    field back to its default."""
    secret = kind.Fields.secret_names()
    kept = {name: value for name, value in before.items() if name not in sent or name in secret}
    return kept | {name: value for name, value in sent.items() if value is not None}


def checked(kind: CredentialType, values: JsonObject, field: str) -> CredentialFields:
    """The values as their type wants them.

    Args:
        field: of the request in which they were sent.

    Raises:
        Problem: 400 `bad_credential`, at the first field that is wrong; `errors` has all of them.
    """
    hidden = [value for name in kind.Fields.secret_names() if isinstance(value := values.get(name), str)]
    try:
        return kind.Fields.model_validate(values)
    except ValidationError as error:
        with secrets_known(*hidden):
            raise _refusal(kind, error, field) from None


def _refusal(kind: CredentialType, error: ValidationError, field: str) -> Problem:
    found = list(located_errors(error.errors(include_url=False, include_input=False), config_of(kind.Fields)))
    first = found[0]
    return bad_value(
        "bad_credential",
        redact_text(first.message),
        hint=first.hint,
        field=f"{field}.{first.path}" if first.path else field,
        extra={"errors": redact_known([{**one.to_json(), "field": f"{field}.{one.path}"} for one in found])},
    )


def refuse_kept_elsewhere(
    kind: CredentialType, before: JsonObject, sent: Mapping[str, Any], fields: CredentialFields, field: str
) -> None:
    """See that no secret that somebody else wrote goes to a host that it was not made for.

    Raises:
        Problem: 400 `secret_needed`.
    """
    kept = sorted(name for name in kind.Fields.secret_names() if before.get(name) and not sent.get(name))
    if kept and set(kind.hosts(fields)) - _hosts_of(kind, before):
        raise bad_value(
            "secret_needed",
            "With another host, the secrets are written anew.",
            hint="Nobody can send a secret that they do not know to a host of their own.",
            field=f"{field}.{kept[0]}",
        )


def _hosts_of(kind: CredentialType, values: JsonObject) -> set[str]:
    try:
        return set(kind.hosts(kind.Fields.model_validate(values)))
    except ValidationError:
        return set()


def split(fields: CredentialFields) -> tuple[JsonObject, dict[str, str]]:
    """What may be seen, and the secrets that are filled in."""
    values = fields.model_dump(mode="json")
    secret = fields.secret_names()
    return (
        {name: value for name, value in values.items() if name not in secret},
        {name: value for name, value in values.items() if name in secret and value},
    )
