"""What events say about rows: the fields of the Event System's tables, secrets masked."""

from accounts.models import User
from common.redact import MASK
from flows.sdk import JsonObject
from inventory.columns import plain, public_row
from inventory.models import Balance, EventLogEntry, Server
from inventory.tables import BALANCE, EVENT_LOG, SERVER


def server_payload(server: Server) -> JsonObject:
    """A server as events show it: with addresses in place of their ids, and with its charges."""
    return {
        **public_row(SERVER.flow_columns, server),
        "ip": server.ip.ip if server.ip else None,
        "ip6": server.ip6.ip if server.ip6 else None,
        "charges": [
            {
                "id": charge.pk,
                "serverId": charge.server_id,
                "amount": plain(charge.amount),
                "description": charge.description,
                "serverType": charge.server_type,
            }
            for charge in server.charges.all()
        ],
    }


def user_payload(user: User) -> JsonObject:
    """A user as events show it."""
    return {
        "id": user.pk,
        "name": user.name,
        "email": user.email,
        "password": MASK,
        "register": plain(user.register),
        "permission": user.permission,
        "confirmationToken": MASK,
    }


def balance_payload(balance: Balance) -> JsonObject:
    """A balance as events show it."""
    return public_row(BALANCE.flow_columns, balance)


def event_log_payload(entry: EventLogEntry) -> JsonObject:
    """A line of the event log as events show it."""
    row = public_row(EVENT_LOG.columns, entry)
    return {name: row[name] for name in ("level", "message", "rawMessage")}
