"""What people call the columns, and the units of their values. The API and flows use the columns' own names."""

import re

LABELS = {
    "id": "ID",
    "vmid": "VM ID",
    "userid": "Owner",
    "userId": "User",
    "cpu": "CPU cores",
    "ram": "Memory",
    "os": "Operating system",
    "ip_id": "IPv4 address",
    "ip6_id": "IPv6 address",
    "ip": "Address",
    "createdAt": "Created",
    "created_at": "Created",
    "updated_at": "Changed",
    "deletedAt": "Deleted",
    "cancelledAt": "Cancelled",
    "packageId": "Package",
    "templateId": "Template",
    "ha_status": "HA status",
    "ha_group": "HA group",
    "max_relocate": "Max relocates",
    "max_restart": "Max restarts",
    "calcType": "Counts as",
    "calcOnly": "Only calculated",
    "osid": "Template's VM ID",
    "meta": "Attributes",
    "displayName": "Name",
    "minDisk": "Least disk",
    "minCpu": "Least CPU cores",
    "minRAM": "Least memory",
    "fk_ipam": "IPAM range",
    "mac": "MAC address",
    "start": "First address",
    "end": "Last address",
    "subnet": "Subnet size",
    "prefix": "Network size",
    "target": "Size of its subnets",
    "color": "Colour",
    "creator_id": "Asked by",
    "rawMessage": "Raw message",
}
UNITS = {"ram": "MB", "disk": "GB", "minDisk": "GB", "minRAM": "MB"}
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def label_of(name: str, attribute: str) -> str:
    """The label of a column: its own, else its name as words."""
    told = LABELS.get(attribute) or LABELS.get(name)
    return told or _HUMP.sub(" ", name).replace("_", " ").capitalize()
