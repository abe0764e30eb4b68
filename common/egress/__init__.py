"""The one guarded way out: every connection that leaves, HTTP or not, is made here.

Names are looked up once, every address is checked, and the connection goes to the address that was checked.
"""

from common.egress.errors import EgressError
from common.egress.policy import EgressPolicy, PolicySource, default_source, is_public, use_provider
from common.egress.urls import Target, parse

__all__ = [
    "EgressError",
    "EgressPolicy",
    "PolicySource",
    "Target",
    "default_source",
    "is_public",
    "parse",
    "use_provider",
]
