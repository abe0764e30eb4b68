"""People as clients whose answers are held against the OpenAPI document."""

from tests.flows.api.conftest import api, editor

__all__ = ["api", "editor"]
