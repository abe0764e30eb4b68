"""The demo platform: what a new local installation shows to look at."""

from inventory.services import demo as inventory_demo


def load() -> None:
    """Tenant, users, servers, address pools and flows, all marked as demo rows."""
    inventory_demo.load()
