"""The demo platform: what a new local installation shows to look at."""

from importlib import import_module
from importlib.util import find_spec

PART = "inventory.services.demo"


def load() -> None:
    """Tenant, users, servers, address pools and flows, all marked as demo rows."""
    if find_spec(PART) is not None:
        import_module(PART).load()
