"""Every table of the platform: its columns under the names that the Event System gives them."""

from dataclasses import replace

from flows.sdk import Shape
from inventory.address_tables import IPV4_ADDRESSES, IPV4_RANGES, IPV6_ADDRESSES, IPV6_RANGES
from inventory.columns import TENANT, Column, Table, internal_column, own_column, row_id

whole, text, moment, money = Shape.integer, Shape.string, Shape.moment, Shape.number
flag = Shape.integer

SERVER = Table(
    "server",
    "Server",
    "servers",
    "inventory.Server",
    (
        row_id(),
        Column("vmid", "vmid", whole("Id of the machine in Proxmox")),
        Column("userid", "user_id", whole("Id of the user who owns the server")),
        Column("hostname", "hostname", text("Hostname")),
        Column("cpu", "cpu", whole("CPU cores")),
        Column("ram", "ram", whole("Memory in MB")),
        Column("disk", "disk", whole("Disk size in GB")),
        Column("os", "os", text("Operating system, as text")),
        Column("ip", "ip_id", whole("Id in the table IPv4 Addresses"), is_unique=True),
        Column("ip6", "ip6_id", whole("Id in the table IPv6 Addresses"), is_unique=True),
        Column("node", "node", text("Proxmox node that the server runs on")),
        Column("createdAt", "created_at", moment("When the server was created"), is_writable=False),
        Column("deletedAt", "deleted_at", moment("When the server was deleted, or null"), is_writable=False),
        Column("nextPayment", "next_payment", moment("When the next payment is due, or null")),
        Column("paymentReminderSent", "payment_reminder_sent", moment("When a reminder last went out")),
        Column("packageId", "package_id", whole("Id of the package it was made from, or null")),
        Column("status", "status", text("online, offline, starting, stopping, restarting or suspended")),
        Column("cancelledAt", "cancelled_at", moment("When the server was cancelled, or null")),
        replace(
            own_column("deployment", "deployment", text("ordered, deployed or undeployed")), is_writable=False
        ),
        internal_column("note", text("A note for admins")),
        internal_column("ha_status", text("started, stopped, disabled, ignored, or empty")),
        internal_column("ha_group", text("Fencing group of the high availability")),
        internal_column("max_relocate", whole("How often it may be moved to another node")),
        internal_column("max_restart", whole("How often it may be restarted on its node")),
        TENANT,
    ),
    listed=("id", "hostname", "status", "node", "cpu", "ram", "disk", "userid"),
    search=("hostname", "node", "os", "user__email"),
    plural="Servers",
)

USER = Table(
    "user",
    "User",
    "",
    "accounts.User",
    (
        row_id(),
        Column("username", "name", text("Display name")),
        Column("email", "email", text("Mail address", format="email"), is_unique=True),
        Column("password", "password", text("Password hash", is_masked=True)),
        Column("register", "register", moment("When the account was created")),
        Column("permission", "permission", whole("1 = customer, 2 = supporter, 3 = admin")),
        Column(
            "confirmationToken",
            "confirmation_token",
            text("Token of a confirmation that is under way", is_masked=True),
        ),
    ),
)

BALANCE = Table(
    "balance",
    "Balance",
    "balances",
    "inventory.Balance",
    (
        row_id("Database id of the balance entry"),
        Column("userid", "user_id", whole("Id of the user"), is_unique=True),
        Column("balance", "balance", money("What the user has now")),
    ),
    listed=("id", "userid", "balance"),
    search=("user__email", "user__name"),
    plural="Balances",
)

CHARGES = Table(
    "charges",
    "Charges",
    "charges",
    "inventory.Charge",
    (
        row_id("Id of the charge"),
        Column("price", "price", money("The price")),
        Column("type", "type", whole("Kind of charge; 2 belongs to a template")),
        Column("calcType", "calc_type", whole("1 = fixed, 2 = percentage")),
        Column("calcOnly", "calc_only", flag("1 = only calculated, not shown to the user"), is_flag=True),
        Column("osid", "osid", whole("vmid of the Proxmox template when type = 2")),
        Column("recurring", "recurring", flag("1 = comes again, 0 = applied once"), is_flag=True),
        Column("description", "description", text("Text set by an admin")),
        Column("active", "active", flag("1 = active, 0 = not"), is_flag=True),
        TENANT,
    ),
    listed=("id", "description", "price", "type", "calcType", "active"),
    search=("description",),
    about="The price list that orders are calculated with.",
)

PACKAGES = Table(
    "packages",
    "Packages",
    "packages",
    "inventory.Package",
    (
        row_id("Id of the package"),
        Column("name", "name", text("Name")),
        Column("price", "price", money("The price")),
        Column("cpu", "cpu", whole("CPU cores")),
        Column("ram", "ram", whole("Memory in MB")),
        Column("disk", "disk", whole("Disk size in GB")),
        Column(
            "meta",
            "meta",
            Shape.array(Shape.object({"key": text("Name"), "value": Shape.anything("Value")}), "Attributes"),
        ),
        Column("type", "type", whole("1 = free choice of the system, 2 = fixed system")),
        Column("templateId", "template_id", whole("Linked Proxmox template if type = 2, or null")),
        TENANT,
    ),
    listed=("id", "name", "price", "cpu", "ram", "disk"),
    search=("name",),
    about="Sizes of servers that customers can order.",
)

TEMPLATES = Table(
    "templates",
    "Templates",
    "templates",
    "inventory.Template",
    (
        row_id(),
        Column("vmid", "vmid", whole("Linked vmid in Proxmox")),
        Column("displayName", "display_name", text("Name that people see")),
        Column("defaultUser", "default_user", text("Default user for cloud-init")),
        Column("defaultDrive", "default_drive", text("Default drive for cloud-init")),
        Column("minDisk", "min_disk", whole("Least disk size in GB")),
        Column("minCpu", "min_cpu", whole("Least number of CPU cores")),
        Column("minRAM", "min_ram", whole("Least memory in MB")),
        Column("disabled", "disabled", flag("1 = disabled at present"), is_flag=True),
        TENANT,
    ),
    listed=("id", "displayName", "vmid", "defaultUser", "minRAM", "disabled"),
    search=("display_name", "default_user"),
    about="Proxmox templates that servers are made from.",
)


TAGS = Table(
    "tags",
    "Tags",
    "tags",
    "inventory.Tag",
    (
        row_id(),
        Column("name", "name", text("The word")),
        Column("color", "color", text("Colour as #rrggbb")),
        TENANT,
    ),
    listed=("id", "name", "color"),
    search=("name",),
)

TICKETS = Table(
    "tickets",
    "Tickets",
    "tickets",
    "inventory.Ticket",
    (
        row_id(),
        Column("title", "title", text("What it is about")),
        Column("priority", "priority", text("low, normal, high or urgent")),
        Column("status", "status", text("open, answered or closed")),
        Column("creator_id", "creator_id", whole("Id of the user who asked")),
        Column("created_at", "created_at", moment("When it was opened"), is_writable=False),
        Column("updated_at", "updated_at", moment("When it last changed"), is_writable=False),
        replace(TENANT, is_writable=False),
    ),
    listed=("id", "title", "priority", "status", "creator_id", "created_at"),
    search=("title", "creator__email"),
)

PROXMOX_NODES = Table(
    "proxmox_nodes",
    "Proxmox node",
    "proxmox-nodes",
    "inventory.ProxmoxNode",
    (
        row_id(),
        Column("name", "name", text("The node's name, as servers have it in node")),
        Column("credential", "credential", text("Name of the credential for its API")),
        TENANT,
    ),
    listed=("id", "name", "credential"),
    search=("name", "credential"),
    plural="Proxmox nodes",
    about="Nodes of Proxmox VE. Modify server changes the machines of servers that run on one of them.",
)

EVENT_LOG = Table(
    "event_log",
    "Event log",
    "event-log",
    "inventory.EventLogEntry",
    (
        row_id(),
        Column("level", "level", whole("1 = info, 2 = warning, 3 = error")),
        Column("message", "message", text("The translated message")),
        Column("rawMessage", "raw_message", text("The raw message")),
        Column("created_at", "created_at", moment("When it was written"), is_writable=False),
        TENANT,
    ),
    listed=("id", "level", "message", "created_at"),
    search=("message", "raw_message"),
    about="The event log. A line stays as it was written.",
    is_changeable=False,
)

JOINABLE = (
    SERVER,
    USER,
    BALANCE,
    CHARGES,
    PACKAGES,
    TEMPLATES,
    IPV4_ADDRESSES,
    IPV4_RANGES,
    IPV6_ADDRESSES,
    IPV6_RANGES,
)
"""What the Default Enricher can query."""
TABLES = (*(table for table in JOINABLE if table.route), TAGS, TICKETS, PROXMOX_NODES, EVENT_LOG)
"""What `inventory` has lists and an API for."""

BY_MODEL = {table.model.lower(): table for table in (*JOINABLE, *TABLES)}
BY_KEY = {table.key: table for table in (*JOINABLE, *TABLES)}
BY_ROUTE = {table.route: table for table in TABLES}
