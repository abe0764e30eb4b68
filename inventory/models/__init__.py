"""The tables of the platform that flows are about."""

from inventory.models.addresses import (
    Address,
    AddressRange,
    IPv4Address,
    IPv4Range,
    IPv6Address,
    IPv6Range,
    RangeScope,
)
from inventory.models.base import InventoryRow, OwnedRow
from inventory.models.billing import Balance, BalanceEntry, Charge, Package, Template
from inventory.models.effects import AppliedEffect
from inventory.models.event_log import EventLogEntry
from inventory.models.proxmox import ProxmoxNode
from inventory.models.servers import NetworkInterface, Server, ServerCharge
from inventory.models.tags import ResourceType, Tag, TagAssignment
from inventory.models.tickets import Ticket, TicketMessage

__all__ = [
    "Address",
    "AddressRange",
    "AppliedEffect",
    "Balance",
    "BalanceEntry",
    "Charge",
    "EventLogEntry",
    "IPv4Address",
    "IPv4Range",
    "IPv6Address",
    "IPv6Range",
    "InventoryRow",
    "NetworkInterface",
    "OwnedRow",
    "Package",
    "ProxmoxNode",
    "RangeScope",
    "ResourceType",
    "Server",
    "ServerCharge",
    "Tag",
    "TagAssignment",
    "Template",
    "Ticket",
    "TicketMessage",
]
