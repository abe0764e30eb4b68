"""The demo's own receiver."""

import json

from django.test import RequestFactory

from hookflow_site.demo_echo import demo_echo


def answer(request):
    return json.loads(demo_echo(request).content)


def test_it_answers_with_what_it_was_sent():
    request = RequestFactory().post(
        "/demo/echo/?a=1", {"n": 1}, content_type="application/json", headers={"Idempotency-Key": "k"}
    )
    got = answer(request)
    assert (got["method"], got["query"], got["body"]) == ("POST", {"a": "1"}, {"n": 1})
    assert got["headers"]["Idempotency-Key"] == "k"


def test_text_comes_back_as_text():
    request = RequestFactory().post("/demo/echo/", "<b>[", content_type="text/plain")
    assert answer(request)["body"] == "<b>["


def test_secrets_in_headers_do_not_come_back():
    got = answer(RequestFactory().get("/demo/echo/", headers={"Authorization": "Bearer hidden"}))
    assert "hidden" not in json.dumps(got)


def test_a_long_body_is_cut():
    got = answer(RequestFactory().post("/demo/echo/", "x" * 100_000, content_type="text/plain"))
    assert len(got["body"]) == 65_536


def test_outside_the_demo_there_is_no_such_route(client, db):
    assert client.get("/demo/echo/").status_code == 404
