"""Which addresses pass."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from common.egress import EgressError, EgressPolicy, PolicySource, is_public

PUBLIC = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "192.0.1.1", "223.255.255.254"]
PUBLIC_6 = [
    "2606:4700:4700::1111",
    "2a00:1450:4001::5",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2a00::5efe:808:808",
]
SPECIAL = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.1.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
]
SPECIAL_6 = [
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2a00::5efe:7f00:1",
    "2a00::200:5efe:a00:1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PUBLIC + PUBLIC_6)
def test_public_address_passes(address: str) -> None:
    assert is_public(address)
    EgressPolicy().check(address, 443)


@pytest.mark.parametrize("address", SPECIAL + SPECIAL_6)
def test_special_address_is_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(EgressError) as caught:
        EgressPolicy().check(address, 443, http=False)
    assert caught.value.code == "address_refused"


@pytest.mark.parametrize("port", [1, 21, 22, 25, 53, 79, 81, 444, 5432, 6379, 7999, 9000, 65535])
def test_http_goes_to_its_own_ports_only(port: int) -> None:
    with pytest.raises(EgressError, match="Port"):
        EgressPolicy().check("8.8.8.8", port)
    EgressPolicy().check("8.8.8.8", port, http=False)


@pytest.mark.parametrize("port", [80, 443, 8000, 8443, 8999])
def test_ports_of_http_pass(port: int) -> None:
    EgressPolicy().check("8.8.8.8", port)


def test_allowed_network_passes_on_every_port_and_nothing_beside_it() -> None:
    policy = EgressPolicy.of(["10.1.0.0/16", "::1", "8.8.8.8/32"])
    for address in ("10.1.2.3", "::1", "::ffff:10.1.2.3", "8.8.8.8"):
        policy.check(address, 5432)
    for address in ("10.2.0.1", "::2", "127.0.0.1"):
        with pytest.raises(EgressError):
            policy.check(address, 80)


def test_metadata_service_needs_its_own_entry() -> None:
    for network in ("0.0.0.0/0", "169.254.0.0/16"):
        with pytest.raises(EgressError):
            EgressPolicy.of([network]).check("169.254.169.254", 80)
        with pytest.raises(EgressError):
            EgressPolicy.of([network]).check("::ffff:169.254.169.254", 80)
    EgressPolicy.of(["169.254.169.254"]).check("169.254.169.254", 80)


@pytest.mark.parametrize("text", ["", "x", "10.0.0.0/99", "localhost", "10.0.0.0-10.0.0.9"])
def test_bad_network_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is not a network"):
        EgressPolicy.of([text])


class Provider:
    def __init__(self) -> None:
        self.asked = 0
        self.answer: Callable[[], EgressPolicy] = EgressPolicy

    def __call__(self) -> EgressPolicy:
        self.asked += 1
        return self.answer()


def _broken() -> EgressPolicy:
    raise OSError("the database is away")


def test_provider_is_asked_at_most_once_in_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("common.egress.policy.time.monotonic", lambda: now[0])
    provider = Provider()
    source = PolicySource(provider)
    for _ in range(50):
        source.current()
    assert provider.asked == 1
    now[0] += 2.1
    assert source.fresh() is None
    provider.answer = lambda: EgressPolicy.of(["10.0.0.0/8"])
    assert source.current().allowed_networks
    assert provider.asked == 2


def test_an_event_loop_has_a_new_policy_before_the_old_one_is_too_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr("common.egress.policy.time.monotonic", lambda: now[0])
    renewed: list[Callable[[], None]] = []
    monkeypatch.setattr("common.egress.policy._thread", SimpleNamespace(submit=renewed.append))
    provider = Provider()
    source = PolicySource(provider)
    assert source.at_hand() is None
    source.current()
    now[0] += 0.9
    assert (source.at_hand(), renewed) == (EgressPolicy(), [])
    now[0] += 0.2
    provider.answer = lambda: EgressPolicy.of(["10.0.0.0/8"])
    assert [source.at_hand() for _ in range(3)] == [EgressPolicy()] * 3
    [renew] = renewed
    renew()
    assert source.at_hand() == provider.answer()
    now[0] += 1.1
    provider.answer = _broken
    source.at_hand()
    renewed[1]()
    now[0] += 1
    assert (source.at_hand(), len(renewed)) == (None, 2), "nobody goes out by a policy that is too old"


def test_failing_provider_is_forgiven_for_a_while_and_then_nothing_leaves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr("common.egress.policy.time.monotonic", lambda: now[0])
    provider = Provider()
    source = PolicySource(provider)
    source.current()
    provider.answer = _broken
    now[0] += 20
    assert source.current() == EgressPolicy()
    now[0] += 20
    with pytest.raises(EgressError) as caught:
        source.current()
    assert caught.value.retryable
    with pytest.raises(EgressError):
        PolicySource(_broken).current()
