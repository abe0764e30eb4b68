"""Every connector over HTTP, with each of its credential types and a planted secret."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from actions.credentials import github as github_type
from actions.credentials.http_api_key import ApiKeyFields, HttpApiKey
from actions.credentials.http_basic import BasicFields, HttpBasic
from actions.credentials.http_bearer import BearerFields, HttpBearer
from actions.credentials.http_client_certificate import ClientCertificateFields, HttpClientCertificate
from actions.credentials.jenkins import Jenkins as JenkinsType
from actions.credentials.office365 import Office365
from actions.credentials.redmine import Redmine
from actions.nodes.actions.github import GitHub
from actions.nodes.actions.github_workflow import GitHubWorkflow
from actions.nodes.actions.jenkins import Jenkins
from actions.nodes.actions.redmine_issue import RedmineIssue
from actions.nodes.actions.todo import Todo
from actions.nodes.actions.webhook import Webhook
from actions.nodes.enrichers.rest_resource import RestResource
from actions.services.github import GitHubFields
from actions.services.jenkins import JenkinsFields
from actions.services.office365 import Office365Fields
from actions.services.redmine import RedmineFields
from flows.sdk import CredentialFields, CredentialType, Emit, Node, NodeConfig
from inventory.credentials.proxmox import Proxmox, ProxmoxFields
from inventory.services.machines import Machine
from inventory.services.proxmox import Proxmox as ProxmoxApi
from tests.support.canaries import CANARY, HEADER_CANARY, ISSUED
from tests.support.certificates import self_signed

PAIR = self_signed("localhost")
RSA_KEY = (
    rsa.generate_private_key(65537, 2048)
    .private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    .decode()
)


@dataclass(frozen=True)
class Connector:
    """What is asked, and of whom.

    Args:
        fields: makes the credential's fields for a URL.
        node: what runs, with `config`, whose `{url}` becomes the server's.
        good: what the server answers properly; it fails later then.
        choices: the fields of the node whose choices are asked for.
        is_silent: its secret is never sent.
    """

    name: str
    kind: CredentialType
    fields: Callable[[str], CredentialFields]
    node: type[Node]
    config: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    good: Mapping[str, Any] = field(default_factory=dict)
    is_silent: bool = False

    def __str__(self) -> str:
        return self.name


def host(url: str) -> list[str]:
    return [url.partition("://")[2]]


def over_http(
    name: str, kind: CredentialType, make: Callable[[str], Any], *, is_silent: bool = False
) -> list[Connector]:
    request = {"url": "{url}/hook", "credential": "c", "timeout": "300ms"}
    sent = {"log": "exchange", "content": {"n": "{{ hostname }}"}, **request}
    return [
        Connector(
            f"webhook, {name}", kind, make, Webhook, {**sent, "as_field": "answer"}, is_silent=is_silent
        ),
        Connector(f"rest-resource, {name}", kind, make, RestResource, request, is_silent=is_silent),
    ]


def places(url: str) -> dict[str, Any]:
    return {"allowed_hosts": host(url), "test_url": f"{url}/me"}


GITHUB = {"credential": "c", "repository": "octocat/Hello-World"}
APP = {
    "sign_in": "app",
    "app_id": "7",
    "installation_id": "8",
    "private_key": RSA_KEY,
    "ca": PAIR.certificate,
}
INSTALLED = {"/access_tokens": {"token": ISSUED, "expires_at": "2099-01-01T00:00:00Z", "permissions": {}}}
DISCOVERY = {
    "openid-configuration": lambda url: {
        "authorization_endpoint": f"{url}/authorize",
        "token_endpoint": f"{url}/oauth2/v2.0/token",
        "issuer": f"{url}/v2.0",
    }
}
TOKEN = {"/token": {"access_token": ISSUED, "token_type": "Bearer", "expires_in": 3600}}
TODO = {"credential": "c", "subject": "Hello", "list": "one"}


def office(url: str) -> Office365Fields:
    return Office365Fields(
        tenant="acme.onmicrosoft.com",
        client_id="87731a38-540e-405d-9e1f-e867617dd8fe",
        client_secret=CANARY,
        user_id="user-1",
        login_url=url,
        graph_url=f"{url}/v1.0",
        ca=PAIR.certificate,
    )


def token(url: str) -> GitHubFields:
    return GitHubFields(token=CANARY, base_url=url, ca=PAIR.certificate)


def jenkins(url: str) -> JenkinsFields:
    return JenkinsFields(
        url=url, username="ops", password=CANARY, trigger_token=HEADER_CANARY, ca=PAIR.certificate
    )


def proxmox(url: str) -> ProxmoxFields:
    return ProxmoxFields(url=url, token_id="ops@pve!flows", secret=CANARY, ca=PAIR.certificate)


class SetsNote(Node):
    """What Modify server does at the machine, without our tables."""

    Config = NodeConfig

    def run(self, ctx: Any, config: Any, record: dict[str, Any]) -> Emit:
        api = ProxmoxApi(ctx.net, ctx.opened("c", ProxmoxFields))
        place, kind = api.place(100)
        Machine(api, place, kind, 100).apply("set-note", {"note": "x"})
        return Emit("out", record)


CONNECTORS = [
    *over_http("basic", HttpBasic(), lambda url: BasicFields(username="ops", password=CANARY, **places(url))),
    *over_http("bearer", HttpBearer(), lambda url: BearerFields(token=HEADER_CANARY, **places(url))),
    *over_http("key in a header", HttpApiKey(), lambda url: ApiKeyFields(key=HEADER_CANARY, **places(url))),
    *over_http(
        "key in the URL",
        HttpApiKey(),
        lambda url: ApiKeyFields(place="query", name="k", key=CANARY, **places(url)),
    ),
    *over_http(
        "certificate",
        HttpClientCertificate(),
        lambda url: ClientCertificateFields(pem=PAIR.certificate, key=PAIR.key, **places(url)),
        is_silent=True,
    ),
    Connector(
        "redmine, key",
        Redmine(),
        lambda url: RedmineFields(url=url, api_key=CANARY, ca=PAIR.certificate),
        RedmineIssue,
        {"credential": "c", "project": "demo", "tracker": "1"},
        ("project", "tracker", "assignee"),
    ),
    Connector(
        "redmine, password",
        Redmine(),
        lambda url: RedmineFields(url=url, username="ops", password=CANARY, ca=PAIR.certificate),
        RedmineIssue,
        {"credential": "c", "operation": "comment", "issue": "7", "notes": "Seen"},
        ("status",),
    ),
    Connector(
        "github", github_type.GitHub(), token, GitHub, {**GITHUB, "title": "x"}, ("repository", "labels")
    ),
    Connector(
        "github, pull request",
        github_type.GitHub(),
        token,
        GitHub,
        {**GITHUB, "operation": "ready-pull", "number": "7"},
        ("head",),
    ),
    Connector(
        "github, app",
        github_type.GitHub(),
        lambda url: GitHubFields(base_url=url, **APP),
        GitHub,
        {**GITHUB, "title": "x"},
        ("repository",),
        is_silent=True,
    ),
    Connector(
        "github, app with its token",
        github_type.GitHub(),
        lambda url: GitHubFields(base_url=url, **APP),
        GitHub,
        {**GITHUB, "title": "x"},
        ("repository",),
        INSTALLED,
    ),
    Connector(
        "github-workflow",
        github_type.GitHub(),
        token,
        GitHubWorkflow,
        {**GITHUB, "workflow": "deploy.yml", "ref": "main"},
        ("workflow",),
    ),
    Connector(
        "jenkins", JenkinsType(), jenkins, Jenkins, {"credential": "c", "job": "plain"}, ("job", "marker")
    ),
    Connector(
        "jenkins, at the start",
        JenkinsType(),
        jenkins,
        Jenkins,
        {"credential": "c", "job": "plain"},
        (),
        {"/job/plain/api/json": {"buildable": True, "property": []}, "/me/api/json": {"id": "ops"}},
    ),
    Connector("todo", Office365(), office, Todo, TODO, ("list",), is_silent=True),
    Connector("todo, sign-in", Office365(), office, Todo, TODO, ("list",), DISCOVERY),
    Connector("todo, Graph", Office365(), office, Todo, TODO, ("list",), {**DISCOVERY, **TOKEN}),
    Connector("proxmox", Proxmox(), proxmox, SetsNote),
    Connector(
        "proxmox, at the change",
        Proxmox(),
        proxmox,
        SetsNote,
        {},
        (),
        {"/cluster/resources": {"data": [{"vmid": 100, "node": "pve", "type": "qemu", "status": "stopped"}]}},
    ),
]
