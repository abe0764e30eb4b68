"""The OpenAPI document says what the API does."""

from drf_spectacular.generators import SchemaGenerator


def document() -> dict:
    return SchemaGenerator().get_schema(request=None, public=True)


def test_every_operation_names_how_to_sign_in_and_its_errors():
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            if path.startswith(("/api/v1/users", "/api/v1/tokens", "/api/v1/tenants", "/api/v1/audit")):
                assert {"token": []} in operation["security"], (path, method)
                assert "application/problem+json" in operation["responses"]["default"]["content"]


def test_bodies_allow_no_unknown_keys():
    schemas = document()["components"]["schemas"]
    assert schemas["UserRequest"]["additionalProperties"] is False
    assert schemas["PatchedUserRequest"]["additionalProperties"] is False
    assert "password" not in schemas["User"]["properties"]
