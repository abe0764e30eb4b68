"""The events of the platform, with every field of their payloads."""

from collections.abc import Iterable

from common.redact import MASK
from flows.sdk import EventType, JsonObject, Shape, event_types
from inventory.columns import Column
from inventory.tables import BALANCE, EVENT_LOG, SERVER, USER

CHARGE_SHAPE = Shape.object(
    {
        "id": Shape.integer("Id of the charge"),
        "serverId": Shape.integer("Database id of the server"),
        "amount": Shape.number("Amount of the charge"),
        "description": Shape.string("What it is for"),
        "serverType": Shape.string("s for QEMU servers, c for containers"),
    }
)


def _shapes(columns: Iterable[Column], without: tuple[str, ...] = ()) -> dict[str, Shape]:
    return {column.name: column.shape for column in columns if column.name not in without}


SERVER_SHAPE = Shape.object(
    {
        **_shapes(SERVER.flow_columns),
        "ip": Shape.string("IPv4 address, or null", format="ipv4"),
        "ip6": Shape.string("IPv6 address, or null", format="ipv6"),
        "charges": Shape.array(CHARGE_SHAPE, "What the server is charged for"),
    }
)
USER_SHAPE = Shape.object(
    {("name" if name == "username" else name): shape for name, shape in _shapes(USER.flow_columns).items()}
)
BALANCE_SHAPE = BALANCE.shape()
EVENT_LOG_SHAPE = Shape.object(
    {
        name: shape
        for name, shape in _shapes(EVENT_LOG.columns).items()
        if name in ("level", "message", "rawMessage")
    }
)

SERVER_SAMPLE: JsonObject = {
    "id": 4,
    "vmid": 1042,
    "userid": 2,
    "hostname": "web-1.example.org",
    "cpu": 4,
    "ram": 8192,
    "disk": 80,
    "os": "Debian 13",
    "ip": "192.0.2.17",
    "ip6": "2001:db8:0:4::",
    "node": "pve1",
    "createdAt": "2026-01-15T09:30:00Z",
    "deletedAt": None,
    "nextPayment": "2026-02-15T00:00:00Z",
    "paymentReminderSent": None,
    "packageId": 3,
    "status": "online",
    "cancelledAt": None,
    "charges": [
        {"id": 7, "serverId": 4, "amount": 4.5, "description": "Backup", "serverType": "s"},
        {"id": 8, "serverId": 4, "amount": 1, "description": "Second address", "serverType": "s"},
    ],
}
USER_SAMPLE: JsonObject = {
    "id": 2,
    "name": "Grace Hopper",
    "email": "grace@example.org",
    "password": MASK,
    "register": "2025-11-02T18:00:00Z",
    "permission": 1,
    "confirmationToken": MASK,
}
BALANCE_SAMPLE: JsonObject = {"id": 9, "userid": 2, "balance": 25.5}
EVENT_LOG_SAMPLE: JsonObject = {
    "level": 2,
    "message": "The server web-1.example.org could not be started.",
    "rawMessage": "server.start.failed",
}

EVENT_TYPES = (
    EventType(
        "server.created", "Server created", "A server was created.", "Server", SERVER_SHAPE, SERVER_SAMPLE
    ),
    EventType(
        "server.start",
        "Server started",
        "A server is starting; not when it was only just created.",
        "Server",
        SERVER_SHAPE,
        {**SERVER_SAMPLE, "status": "starting"},
    ),
    EventType(
        "server.stop",
        "Server stopped",
        "A server is stopping.",
        "Server",
        SERVER_SHAPE,
        {**SERVER_SAMPLE, "status": "stopping"},
    ),
    EventType(
        "server.restart",
        "Server restarted",
        "A server is restarting.",
        "Server",
        SERVER_SHAPE,
        {**SERVER_SAMPLE, "status": "restarting"},
    ),
    EventType(
        "account.updated",
        "Account updated",
        "The information about a user was changed.",
        "Account",
        USER_SHAPE,
        USER_SAMPLE,
    ),
    EventType(
        "account.registered",
        "Account registered",
        "A user was registered.",
        "Account",
        USER_SHAPE,
        USER_SAMPLE,
    ),
    EventType("account.login", "Account login", "A user signed in.", "Account", USER_SHAPE, USER_SAMPLE),
    EventType(
        "account.balance_added",
        "Balance added",
        "Something was added to a user's balance, not by an admin.",
        "Account",
        BALANCE_SHAPE,
        BALANCE_SAMPLE,
    ),
    EventType(
        "account.balance_removed",
        "Balance removed",
        "Something was removed from a user's balance, not by an admin.",
        "Account",
        BALANCE_SHAPE,
        BALANCE_SAMPLE,
    ),
    EventType(
        "eventlog.created",
        "Event log entry created",
        "A line was written to the event log.",
        "Event log",
        EVENT_LOG_SHAPE,
        EVENT_LOG_SAMPLE,
    ),
)

for event_type in EVENT_TYPES:
    event_types.register(event_type.name, event_type, f"{__name__}.{event_type.name}")
