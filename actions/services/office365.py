"""Office 365: what a credential holds, and getting a token with it."""

import base64
import hashlib
import json
import re
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from actions.services.http import host_and_port, url_problem
from actions.services.office365_errors import sign_in_error
from actions.services.pem import CaText
from common.timed_cache import TimedCache
from flows.sdk import CredentialFields, Json, JsonObject, NodeContext, NodeError, Secret, Tls, ui

if TYPE_CHECKING:
    import requests

POWERSHELL: Final = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
"""Microsoft's own application for Graph: it signs users in where no other is named."""
WANTED: Final[Mapping[bool, tuple[str, ...]]] = {
    True: ("Tasks.ReadWrite.All", "User.Read.All"),
    False: ("Tasks.ReadWrite", "User.Read"),
}
"""The permissions that are needed, by whether the application signs in."""
NAMES_OF_THE_ORIGINAL: Final = {
    "OFFICE365_TENANT": "tenant",
    "OFFICE365_CLIENTID": "client_id",
    "OFFICE365_CLSECRET": "client_secret",
    "OFFICE365_USERNAME": "username",
    "OFFICE365_PASSWORD": "password",
    "OFFICE365_USER_ID": "user_id",
}
_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,61}")


def is_guid(text: str) -> bool:
    """Whether it is one, as Microsoft writes its IDs."""
    try:
        return len(text) == 36 and bool(UUID(text))
    except ValueError:
        return False


def _tenant(text: str) -> str:
    """A GUID, a domain, `common` or `organizations`; SharePoint's name of a tenant becomes its domain."""
    name = text.strip().lower().removesuffix(".sharepoint.com")
    if is_guid(name) or name in ("common", "organizations") or _DOMAIN.fullmatch(name):
        return name
    if _NAME.fullmatch(name):
        return f"{name}.onmicrosoft.com"
    raise ValueError("Write the tenant as company.onmicrosoft.com or as its directory ID.")


def _client_secret(text: str) -> str:
    if is_guid(text.strip()):
        raise ValueError(
            "This is the ID of a client secret. Copy its Value from Certificates & secrets instead."
        )
    return text.strip()


def _address(text: str) -> str:
    problem = url_problem(text)
    if problem or not text.startswith("https://"):
        raise ValueError(" ".join(problem or ("It begins with https://.",)))
    return text.rstrip("/")


Address = Annotated[str, AfterValidator(_address), Field(max_length=300)]


class Office365Fields(CredentialFields):
    """An application with its secret, or a user with a password. Where both are there, the application signs in."""

    tenant: Annotated[str, AfterValidator(_tenant)] = ui(
        label="Tenant",
        help="The domain or the directory ID. A name alone is completed with .onmicrosoft.com.",
        placeholder="company.onmicrosoft.com",
        max_length=255,
    )
    client_id: Annotated[str, Field(pattern=r"^\s*([0-9A-Fa-f-]{36})?\s*$")] = ui(
        "", label="Application (client) ID", placeholder="87731a38-540e-405d-9e1f-e867617dd8fe"
    )
    client_secret: Annotated[Secret, AfterValidator(_client_secret)] = ui(
        "", label="Client secret", help="Its value, not its ID."
    )
    username: str = ui("", label="User name", placeholder="user@company.onmicrosoft.com", max_length=320)
    password: Secret = ui("", label="Password", help="Users with a second factor cannot sign in this way.")
    user_id: str = ui(
        "",
        label="User ID",
        help="Whose tasks an application sees when a node names nobody else: the object ID or the user name.",
        max_length=320,
    )
    login_url: Address = ui(
        "https://login.microsoftonline.com", label="Sign-in address", group="Other clouds"
    )
    graph_url: Address = ui("https://graph.microsoft.com/v1.0", label="Graph address", group="Other clouds")
    ca: CaText = ui(
        "", label="Own certificate authority", help="As PEM.", widget="textarea", group="Other clouds"
    )

    @model_validator(mode="before")
    @classmethod
    def _names_of_the_original(cls, given: Json) -> Json:
        if not isinstance(given, dict):
            return given
        return {NAMES_OF_THE_ORIGINAL.get(name, name): value for name, value in given.items()}

    @model_validator(mode="after")
    def _can_sign_in(self) -> "Office365Fields":
        if self.is_application and self.tenant in ("common", "organizations"):
            raise ValueError("An application signs in to one tenant: write its domain or directory ID.")
        if not self.is_application and not (self.username and self.password):
            raise ValueError(
                "Write an application ID with its client secret, or a user name with a password."
            )
        return self

    @property
    def is_application(self) -> bool:
        """Whether the application signs in, and no user."""
        return bool(self.client_id.strip() and self.client_secret)

    def hosts(self) -> Sequence[str]:
        """Where it may be used."""
        return tuple(host_and_port(url) for url in (self.login_url, self.graph_url))


@dataclass(frozen=True)
class Token:
    """An access token, which is not looked into except for what it allows.

    `is_kept`: an earlier step got it.
    """

    text: str
    is_kept: bool = False

    @cached_property
    def claims(self) -> JsonObject:
        """What it says; empty when it is not one that says anything."""
        parts = self.text.split(".")
        try:
            decoded = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        except (IndexError, ValueError):
            return {}
        return decoded if isinstance(decoded, dict) else {}

    def missing(self, wanted: Collection[str]) -> list[str]:
        """Which of these permissions it lacks; none when it does not tell what it has."""
        is_telling = {"scp", "roles"} & self.claims.keys() or self.claims.get("idtyp") == "app"
        if not is_telling:
            return []
        roles = self.claims.get("roles")
        has = set(map(str, roles)) if isinstance(roles, list) else set()
        has |= set(str(self.claims.get("scp") or "").split())
        has |= {name.removesuffix(".All") for name in has} | ({"User.Read.All"} if has & _MORE else set())
        return [name for name in wanted if name not in has]


_MORE: Final = frozenset({"Directory.Read.All", "Directory.ReadWrite.All", "User.ReadWrite.All"})


SPARE_SECONDS: Final = 300
"""So long before its end a token is kept no more."""
_tokens: Final[TimedCache[str, tuple[str, float]]] = TimedCache(seconds=3600, most=200)
"""Tokens and when they are given up, by a hash of the whole credential: another secret is another token. In memory
alone."""


def signed_in(
    ctx: NodeContext, fields: Office365Fields, *, anew: bool = False
) -> tuple["requests.Session", Token]:
    """A session with Graph, which lives as long as the step, and a token, which is kept until it is about to expire.

    Args:
        anew: whether no kept token will do.

    Raises:
        NodeError: see `office365_errors`; and what the way out raises.
    """
    session = ctx.net.session(tls=Tls(ca=fields.ca) if fields.ca else None)
    key = hashlib.sha256(fields.model_dump_json().encode()).hexdigest()
    kept = None if anew else _tokens.get(key)
    if kept is not None and kept[1] > time.monotonic():
        return session, Token(kept[0], is_kept=True)
    answer = _answer(session, fields)
    text = str(answer.get("access_token") or "")
    if not text:
        raise sign_in_error(answer, is_application=fields.is_application)
    seconds = answer.get("expires_in")
    if isinstance(seconds, int) and not isinstance(seconds, bool) and seconds > SPARE_SECONDS:
        _tokens.put(key, (text, time.monotonic() + seconds - SPARE_SECONDS))
    return session, Token(text)


def _answer(session: "requests.Session", fields: Office365Fields) -> Mapping[str, Any]:
    import msal

    client_id = fields.client_id.strip() or POWERSHELL
    secret = fields.client_secret if fields.is_application else None
    graph = "https://" + urlsplit(fields.graph_url).netloc
    try:
        # The confidential kind for users too: the other one warns of passwords, which the person has chosen.
        application = msal.ConfidentialClientApplication(
            client_id,
            client_credential=secret,
            authority=f"{fields.login_url}/{fields.tenant}",
            instance_discovery=False,
            http_client=session,
        )
        if fields.is_application:
            answer: Mapping[str, Any] = application.acquire_token_for_client([f"{graph}/.default"])
        else:
            scopes = [f"{graph}/{name}" for name in WANTED[False]]
            answer = application.acquire_token_by_username_password(fields.username, fields.password, scopes)
    except (OSError, msal.exceptions.MsalError, AttributeError, KeyError, TypeError, RecursionError) as error:
        # The last four: msal does not look whether JSON has the shape that it reads.
        raise NodeError(
            "sign_in_unavailable",
            f"The sign-in at {urlsplit(fields.login_url).hostname} did not answer as it should.",
            hint="Try again later; a user of a federated domain cannot sign in with a password here.",
            retryable=True,
        ) from error
    except ValueError as error:
        raise NodeError(
            "unknown_tenant",
            f"Microsoft does not know the tenant {fields.tenant}.",
            hint="Write the full domain, such as company.onmicrosoft.com, or the directory ID.",
            field="tenant",
        ) from error
    return answer
