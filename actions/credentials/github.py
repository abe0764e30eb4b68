"""GitHub: a personal access token, or a GitHub App."""

from collections.abc import Sequence

from actions.services.base_url import host_at
from actions.services.github import GitHubFields, connected
from flows.sdk import (
    CredentialMeta,
    CredentialType,
    JsonObject,
    NodeContext,
    NodeError,
    Tls,
    credential_type,
)

OF_APPS = {"issues": "Issues", "pull_requests": "Pull requests"}
OF_TOKENS = ("repo", "public_repo")


@credential_type
class GitHub(CredentialType):
    meta = CredentialMeta(
        type="github",
        label="GitHub",
        icon="brand-github",
        summary="Works in repositories of GitHub or of a GitHub Enterprise Server.",
    )
    Fields = GitHubFields

    def hosts(self, fields: GitHubFields) -> Sequence[str]:
        return [host_at(fields.base_url)]

    def test(self, ctx: NodeContext, fields: GitHubFields) -> str:
        """Ask whose credential it is, and what it may do."""
        return _test_app(ctx, fields) if fields.sign_in == "app" else _test_token(ctx, fields)


def _test_token(ctx: NodeContext, fields: GitHubFields) -> str:
    headers, user = connected(ctx, fields).answered("GET", "user")
    login = str(user.get("login") if isinstance(user, dict) else "")[:100] or "somebody"
    listed = headers.get("x-oauth-scopes")
    if listed is None:
        return f"Signed in as {login} with a fine-grained token. GitHub tells its permissions where one is missing."
    scopes = [scope.strip() for scope in listed.split(",") if scope.strip()]
    if not set(scopes) & set(OF_TOKENS):
        raise NodeError(
            "not_allowed",
            f"{login} may sign in, and the token has not the scope repo.",
            hint="Give the token the scope repo, or public_repo for public repositories alone.",
            field="token",
        )
    return f"Signed in as {login}; the token has the scopes {', '.join(scopes)[:200]}."


def _test_app(ctx: NodeContext, fields: GitHubFields) -> str:
    from actions.services.github_client import as_app

    session = ctx.net.session(tls=Tls(ca=fields.ca) if fields.ca else None)
    app = as_app(fields, session, ctx.clock.now())
    installation = app.one("GET", "app", "installations", fields.installation_id)
    missing = [label for name, label in OF_APPS.items() if _permission(installation, name) != "write"]
    if missing:
        raise NodeError(
            "not_allowed",
            "The App is installed, and lacks permissions.",
            hint=f"Give the App {' and '.join(missing)}: Read and write. The owner then accepts the change.",
        )
    connected(ctx, fields)
    account = installation.get("account")
    login = str(account.get("login") if isinstance(account, dict) else "")[:100] or "its owner"
    return f"The App is installed for {login}, and may write issues and pull requests."


def _permission(installation: JsonObject, name: str) -> str:
    permissions = installation.get("permissions")
    return str(permissions.get(name)) if isinstance(permissions, dict) else ""
