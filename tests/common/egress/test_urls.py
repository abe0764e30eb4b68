"""A URL is read in one way or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from common.egress import EgressError, parse
from common.egress.urls import follow, parse_host

GOOD = [
    ("http://example.org", "http://example.org/"),
    ("HTTPS://EXAMPLE.org:443/A?b=c#d", "https://example.org/A?b=c"),
    ("http://example.org.:8080/", "http://example.org:8080/"),
    ("http://bücher.example/ä?ü=ß", "http://xn--bcher-kva.example/%C3%A4?%C3%BC=%C3%9F"),
    ("http://a_b.example/%2e%2e/x", "http://a_b.example/%2e%2e/x"),
    ("http://1.2.3.4/", "http://1.2.3.4/"),
    ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/"),
    ("http://[2606:4700:0:0:0:0:0:1111]:8080/", "http://[2606:4700::1111]:8080/"),
    ("http://[::ffff:1.2.3.4]/", "http://1.2.3.4/"),
    ("http://[64:ff9b::102:304]/", "http://1.2.3.4/"),
    ("http://①.2.3.4/", "http://1.2.3.4/"),
    ("http://example.org?x", "http://example.org/?x"),
    ("http://example.org/a?b=c?d=/@:", "http://example.org/a?b=c?d=/@:"),
]
BAD = [
    "",
    "example.org",
    "//example.org",
    "http:example.org",
    "http:/example.org",
    "http:///example.org",
    "http://",
    "http://?",
    "ftp://example.org",
    "gopher://example.org",
    "file:///etc/passwd",
    "data:text/plain,x",
    "jar:http://example.org!/x",
    "dict://example.org",
    "ldap://example.org",
    "javascript:alert(1)",
    "http+unix://x",
    "http://user@example.org/",
    "http://user:pass@example.org/",
    "http://@example.org/",
    "http://example.org@127.0.0.1/",
    "http://127.0.0.1\\@example.org/",
    "http://example.org\\.evil/",
    "http:\\\\example.org",
    "http://exa mple.org/",
    " http://example.org/",
    "http://example.org/ ",
    "http://example.org/a b",
    "http://example.org/\t",
    "http://example.org/\r\nHost: x",
    "http://exam\nple.org/",
    "http://example.org\x00.evil/",
    "http://example.org/\x7f",
    "http://example.org/\u2028",
    "http://example.org/\u202e",
    "http://example.org/\ud800",
    "http://example.org:/",
    "http://example.org:0/",
    "http://example.org:65536/",
    "http://example.org:80a/",
    "http://example.org:-80/",
    "http://example.org:+80/",
    "http://example.org: 80/",
    "http://example.org:８０/",
    "http://example.org:80:80/",
    "http://%65xample.org/",
    "http://example%2eorg/",
    "http://exa..mple/",
    "http://.example/",
    "http://-/",
    "http://ex*mple.org/",
    "http://ex<mple.org/",
    "http://" + "a" * 64 + ".example/",
    "http://" + "a." * 127 + "a/",
    "http://xn--\u00fc/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://127.0.0.0x1/",
    "http://127.0.0.01/",
    "http://1.2.3.256/",
    "http://1.2.3.4.5/",
    "http://0x/",
    "http://[::1/",
    "http://::1/",
    "http://[::1]x/",
    "http://[::1%25lo]/",
    "http://[::1%lo]/",
    "http://[v1.a]/",
    "http://[127.0.0.1]/",
    "http://[]/",
    "http://[1::2::3]/",
    "http://example.org/" + "x" * 9000,
]


@pytest.mark.parametrize(("url", "normal"), GOOD)
def test_good_url_comes_in_its_normal_form(url: str, normal: str) -> None:
    target = parse(url)
    assert str(target) == normal
    assert parse(str(target)) == target


@pytest.mark.parametrize("url", BAD)
def test_url_that_two_programs_could_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(EgressError) as caught:
        parse(url)
    assert caught.value.code == "bad_url"
    assert caught.value.field == "url"


@given(
    st.text(max_size=30),
    st.sampled_from(["http://{}", "http://example.org/{}", "http://{}:80/", "http://a{}.example/"]),
)
def test_client_library_reads_the_url_as_the_check_does(text: str, form: str) -> None:
    try:
        target = parse(form.format(text))
    except EgressError:
        return
    sent = URL(str(target), encoded=True)
    assert (sent.scheme, sent.raw_host, sent.port) == target.origin
    assert sent.raw_path == target.path
    assert sent.raw_query_string == target.query


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/x", "http://example.org:8080/x"),
        ("x?y", "http://example.org:8080/a/x?y"),
        ("//other.example/z", "http://other.example/z"),
        ("https://other.example", "https://other.example/"),
        ("?q", "http://example.org:8080/a/b?q"),
    ],
)
def test_redirect_is_read_from_where_it_came(location: str, expected: str) -> None:
    assert str(follow(parse("http://example.org:8080/a/b?c"), location)) == expected


@pytest.mark.parametrize(
    "location", ["ftp://x", "file:///x", "http://a@b/", "//a b/", "\\\\evil", "http://0x7f.1/"]
)
def test_bad_redirect_is_refused(location: str) -> None:
    with pytest.raises(EgressError):
        follow(parse("http://example.org/"), location)


def test_host_is_read_with_and_without_brackets() -> None:
    assert parse_host("::1") == parse_host("[::1]")
    assert parse_host("MAIL.example.org.") == ("mail.example.org", None)
    for text in ("", "a b", "a/b", "a:b", "0x7f.1", "a\r\n"):
        with pytest.raises(EgressError):
            parse_host(text)
