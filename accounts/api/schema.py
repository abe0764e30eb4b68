"""What drf-spectacular cannot see by itself: how one signs in, what errors look like, that bodies are strict."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

_TEXT = {"type": "string"}
_ERROR = {
    "type": "object",
    "properties": {
        "field": {"type": ["string", "null"], "description": "Dotted path of the input at fault."},
        "code": _TEXT,
        "message": _TEXT,
        "hint": _TEXT,
    },
    "required": ["field", "code", "message", "hint"],
}
PROBLEM = {
    "type": "object",
    "description": "An error (RFC 9457): what went wrong, and what to do about it.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence."},
        "code": {"type": "string", "description": "Never changes; for programs."},
        "hint": {"type": "string", "description": "What to do about it."},
        "field": {"type": ["string", "null"], "description": "Dotted path of the input at fault."},
        "request_id": {"type": "string", "description": "Also in the header X-Request-ID. Not with 404."},
        "errors": {"type": "array", "items": _ERROR},
    },
    "required": ["type", "title", "status", "detail", "code", "hint", "field", "errors"],
}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer hf_…`."""

    target_class = "accounts.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "hf_<prefix>_<secret>"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The cookie of the pages."""

    target_class = "accounts.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A cookie; changes need X-CSRFToken too."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Give each operation its error answer, and forbid unknown keys in bodies."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in schemas.items():
        if name.endswith("Request") and schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
    schemas["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result.get("paths", {}).values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].setdefault(
                    "default", {"description": "A problem.", "content": content}
                )
    return result
