"""The API of Proxmox VE, through proxmoxer on a guarded session. It blocks, and holds no transaction open."""

import logging
import re
from typing import Any, Final, Protocol

from flows.sdk import Json, JsonObject, Net, NodeError, Tls

NEEDED: Final = (
    "VM.Audit",
    "VM.Config.Network",
    "VM.Config.Options",
    "VM.Config.Cloudinit",
    "VM.PowerMgmt",
)
"""What Modify server needs; high availability needs Sys.Console besides."""
NODE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,62})", re.ASCII)
UPID: Final = re.compile(r"UPID:[A-Za-z0-9.-]{1,63}:[0-9A-Fa-f:]{1,60}:[\w:.@!-]{1,200}", re.ASCII)
PRIVILEGE: Final = re.compile(r"\b(?:VM|Sys|SDN|Datastore)\.[A-Za-z.]{1,40}", re.ASCII)
PARAMETER: Final = re.compile(r"[\w-]{1,40}", re.ASCII)
BUSY: Final = frozenset({429, 502, 503, 504, 595, 596, 599})
"""Statuses that pass; those from 595 on are Proxmox's own for a node that cannot be reached."""


class Fields(Protocol):
    """What is needed of a credential."""

    @property
    def url(self) -> str: ...
    @property
    def token_id(self) -> str: ...
    @property
    def secret(self) -> str: ...
    @property
    def ca(self) -> str: ...


class Proxmox:
    """One API.

    Every call raises NodeError: `sign_in_failed`, `missing_permission`, `proxmox_refused`, `bad_answer`, and those of
    `ctx.net.session`.
    """

    def __init__(self, net: Net, fields: Fields) -> None:
        from proxmoxer.backends.https import JsonSerializer
        from proxmoxer.core import ProxmoxResource

        logging.getLogger("proxmoxer").setLevel(logging.ERROR)  # it would log what is sent
        session = net.session(tls=Tls(ca=fields.ca))
        session.headers["Authorization"] = f"PVEAPIToken={fields.token_id}={fields.secret}"
        self._root = ProxmoxResource(
            base_url=f"{fields.url}/api2/json", session=session, serializer=JsonSerializer()
        )

    def call(self, method: str, *path: str | int, **values: Json) -> Any:
        """Make one call; gives what stands under `data` in the answer."""
        from proxmoxer.core import ResourceException

        try:
            return getattr(self._root(list(map(str, path))), method)(**values)
        except ResourceException as error:
            raise _failed(error) from None
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise bad_answer() from error

    def version(self) -> str:
        """The version of Proxmox VE."""
        found = self.call("get", "version")
        if not isinstance(found, dict) or not isinstance(found.get("version"), str):
            raise bad_answer()
        return str(found["version"])[:20]

    def check_permissions(self) -> None:
        """See that the token has what is needed somewhere.

        Raises:
            NodeError: `missing_permission`, naming it.
        """
        try:
            found = self.call("get", "access", "permissions")
        except NodeError as error:
            if error.code == "proxmox_refused":  # it does not tell, which is no fault of the token
                return
            raise
        given = {name for names in found.values() for name in names} if isinstance(found, dict) else set()
        missing = [name for name in NEEDED if name not in given]
        if missing:
            raise _missing(", ".join(missing))

    def task(self, node: str, upid: str) -> str | None:
        """How a task ended: `OK`, or what went wrong; None while it runs."""
        found = self.call("get", "nodes", node, "tasks", upid, "status")
        if not isinstance(found, dict):
            raise bad_answer()
        return str(found.get("exitstatus") or "unknown") if found.get("status") == "stopped" else None

    def free_number(self, first: int | None = None) -> int | None:
        """The lowest VM ID that is free in the cluster, of those that it gives out; or `first`, where that is free."""
        try:
            found = self.call("get", "cluster", "nextid", **({} if first is None else {"vmid": first}))
        except NodeError as error:
            if first is None or error.code != "proxmox_refused":
                raise
            return None
        if not str(found).isascii() or not str(found).isdigit():
            raise bad_answer()
        return int(found)

    def find(self, vmid: int) -> tuple[str, str] | None:
        """The node that a machine is on now, and its kind: `qemu` or `lxc`; None when the token sees none."""
        found = self.call("get", "cluster", "resources", type="vm")
        for entry in found if isinstance(found, list) else []:
            if not isinstance(entry, dict) or str(entry.get("vmid")) != str(vmid):
                continue
            node, kind = str(entry.get("node")), entry.get("type")
            if kind in ("qemu", "lxc") and NODE.fullmatch(node):
                return node, str(kind)
        return None

    def place(self, vmid: int) -> tuple[str, str]:
        """The same of one that has to be there.

        Raises:
            NodeError: `unknown_machine`.
        """
        found = self.find(vmid)
        if found is not None:
            return found
        raise NodeError(
            "unknown_machine",
            f"Proxmox has no machine {vmid} that the token can see.",
            hint="Correct the VM ID of the server, or give the token VM.Audit on it.",
            field="server_id",
        )


def upid_of(answer: Json) -> str | None:
    """The task that an answer names; None when the call was done at once."""
    if answer is None or answer == "":
        return None
    if not isinstance(answer, str) or not UPID.fullmatch(answer.rstrip(":")):
        raise bad_answer()
    return answer


def config_of(answer: Json) -> JsonObject:
    """A machine's config as an object."""
    if not isinstance(answer, dict):
        raise bad_answer()
    return answer


def _failed(error: Any) -> NodeError:
    status, said = int(error.status_code), str(error.content or "")
    if status == 401:
        return NodeError(
            "sign_in_failed",
            "Proxmox does not accept the token.",
            hint="Compare token ID and secret with Datacenter, Permissions, API Tokens; it may have expired.",
        )
    if status == 403:
        privilege = PRIVILEGE.search(said)
        return _missing(privilege[0] if privilege else "")
    names = [name for name in error.errors or {} if PARAMETER.fullmatch(str(name))]
    about = f" over {', '.join(names[:5])}" if names else ""
    return NodeError(
        "proxmox_refused",
        f"Proxmox refused the call with status {status}{about}.",
        hint="Proxmox's own log of tasks and of pveproxy says why.",
        retryable=status in BUSY,
    )


def _missing(privilege: str) -> NodeError:
    what = f"the permission {privilege}" if privilege else "a permission"
    return NodeError(
        "missing_permission",
        f"The token lacks {what}.",
        hint="Give the token a role that has it, at Datacenter, Permissions.",
    )


def bad_answer() -> NodeError:
    """The error for an answer that Proxmox would not give."""
    return NodeError(
        "bad_answer",
        "The answer is not one of Proxmox.",
        hint="Check the URL: it is that of its web page, port 8006 as a rule.",
    )
