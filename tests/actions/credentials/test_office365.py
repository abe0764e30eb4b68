"""The credential of Office 365: what is seen before Microsoft is asked, and what its refusals mean."""

import base64
import json

import pytest
from pydantic import ValidationError

from actions.credentials.office365 import Office365
from actions.services.office365 import Office365Fields, Token
from actions.services.office365_errors import sign_in_error
from flows.sdk import HttpAnswer, NodeError
from flows.sdk.testing import answering

APP = {
    "tenant": "contoso.onmicrosoft.com",
    "client_id": "22222222-2222-2222-2222-222222222222",
    "client_secret": "canary~value",
    "user_id": "u-1",
}
USER = {"tenant": "contoso.com", "username": "anna@contoso.com", "password": "canary"}
LOGIN = "https://login.microsoftonline.com/x"


def token(**claims):
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.s"


def told(**values):
    return HttpAnswer(200, {"content-type": "application/json"}, json.dumps(values).encode())


def tried(text, *answers):
    endpoints = {
        "issuer": LOGIN,
        "authorization_endpoint": f"{LOGIN}/a",
        "token_endpoint": f"{LOGIN}/oauth2/v2.0/token",
    }
    context = answering(
        told(**endpoints), told(access_token=text, token_type="Bearer", expires_in=3600), *answers
    )
    return Office365().test(context, Office365Fields(**APP))


@pytest.mark.parametrize(
    ("written", "tenant"),
    [
        ("contoso", "contoso.onmicrosoft.com"),
        ("Contoso.sharepoint.com", "contoso.onmicrosoft.com"),
        ("contoso.com", "contoso.com"),
        ("11111111-1111-1111-1111-111111111111", "11111111-1111-1111-1111-111111111111"),
    ],
)
def test_a_tenant_of_sharepoint_becomes_its_domain(written, tenant):
    assert Office365Fields(**{**APP, "tenant": written}).tenant == tenant


@pytest.mark.parametrize(
    "fields",
    [
        {**APP, "tenant": "a/b"},
        {**APP, "tenant": ""},
        {**APP, "tenant": "common"},
        {**APP, "client_secret": ""},
        {**APP, "client_id": "not a guid"},
        {**USER, "password": ""},
        {**APP, "graph_url": "http://graph.example"},
    ],
)
def test_what_cannot_sign_in_is_refused(fields):
    with pytest.raises(ValidationError) as caught:
        Office365Fields(**fields)
    assert "canary" not in str(caught.value)


def test_the_id_of_a_secret_is_not_its_value():
    with pytest.raises(ValidationError) as caught:
        Office365Fields(**{**APP, "client_secret": "5cded639-0b8d-4abc-8976-d202aa1770fa"})
    assert "Copy its Value" in str(caught.value)


def test_the_names_of_the_original_are_understood():
    fields = Office365Fields(
        OFFICE365_TENANT="contoso",
        OFFICE365_CLIENTID=APP["client_id"],
        OFFICE365_CLSECRET="value",
        OFFICE365_USERNAME="anna@contoso.com",
        OFFICE365_PASSWORD="pw",
        OFFICE365_USER_ID="u-1",
    )
    assert (fields.tenant, fields.user_id) == ("contoso.onmicrosoft.com", "u-1")


def test_where_both_are_there_the_application_signs_in():
    assert Office365Fields(**{**USER, **APP}).is_application
    assert not Office365Fields(**USER).is_application


def test_it_is_used_at_microsoft_alone():
    assert Office365().hosts(Office365Fields(**USER)) == (
        "login.microsoftonline.com:443",
        "graph.microsoft.com:443",
    )


def test_trying_it_names_the_permission_that_is_missing():
    with pytest.raises(NodeError) as caught:
        tried(token(roles=["User.Read.All"]))
    assert caught.value.code == "missing_permission"
    assert "The permission Tasks.ReadWrite.All is missing" in caught.value.message


def test_trying_it_reads_user_and_lists():
    said = tried(
        token(roles=["Tasks.ReadWrite.All", "User.Read.All"]), told(displayName="Anna"), told(value=[])
    )
    assert said == "Signed in; 0 task lists of Anna are seen."


def test_a_user_who_cannot_be_read_is_named():
    with pytest.raises(NodeError) as caught:
        tried("opaque", HttpAnswer(404, {"request-id": "abc-1"}, b"{}"))
    assert caught.value.code == "no_access_to_user"
    assert "User.Read.All" in caught.value.hint
    assert "abc-1" in caught.value.hint


@pytest.mark.parametrize(
    ("claims", "missing"),
    [
        ({"scp": "Tasks.ReadWrite User.Read"}, []),
        ({"scp": "Tasks.ReadWrite.All openid"}, ["User.Read"]),
        ({"idtyp": "app"}, ["Tasks.ReadWrite", "User.Read"]),
        ({"aud": "x"}, []),
    ],
)
def test_a_token_tells_what_it_lacks(claims, missing):
    assert Token(token(**claims)).missing(["Tasks.ReadWrite", "User.Read"]) == missing


@pytest.mark.parametrize("text", ["", "a.b.c", "x", "a.e30"])
def test_a_token_that_tells_nothing_lacks_nothing(text):
    assert Token(text).missing(["Tasks.ReadWrite"]) == []


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (7000215, "bad_client_secret", "Copy the Value"),
        (50076, "second_factor", "application"),
        (53003, "second_factor", "application"),
        (90002, "unknown_tenant", "company.onmicrosoft.com"),
        (65001, "no_consent", "Grant admin consent"),
        (123, "sign_in_failed", "login.microsoftonline.com/error"),
    ],
)
def test_a_refused_sign_in_is_explained_with_the_id_for_support(number, code, said):
    answer = {"error": "x", "error_codes": [number], "error_description": "canary", "trace_id": "abc-1"}
    error = sign_in_error(answer, is_application=True)
    assert (error.code, error.retryable) == (code, False)
    assert said in error.hint
    assert "Request ID for Microsoft's support: abc-1" in error.hint
    assert f"AADSTS{number}" in error.message
    assert "canary" not in f"{error.message}{error.hint}"
