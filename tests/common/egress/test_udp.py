"""Datagrams without an answer."""

import socket
import threading
from collections.abc import Iterator

import pytest

from common.egress import EgressError, udp
from common.egress.udp import send_datagram


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(5)
        yield made


def test_datagrams_to_one_place_come_from_one_port(receiver: socket.socket) -> None:
    for content in (b"a", b"b"):
        send_datagram("127.0.0.1", receiver.getsockname()[1], content)
    (first, came_from), (second, came_again_from) = receiver.recvfrom(10), receiver.recvfrom(10)
    assert (first, second, came_from) == (b"a", b"b", came_again_from)


def test_a_place_where_nobody_listens_takes_nothing_from_others(receiver: socket.socket) -> None:
    for number in range(50):
        send_datagram("127.0.0.1", 9, b"lost")
        send_datagram("127.0.0.1", receiver.getsockname()[1], bytes([number]))
        assert receiver.recv(10) == bytes([number])


def test_a_full_line_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def sendto(self, content: bytes, place: tuple[str, int]) -> None:
            raise BlockingIOError

    monkeypatch.setattr(udp, "_socket_of", lambda place: Full())
    with pytest.raises(EgressError) as caught:
        send_datagram("127.0.0.1", 9, b"x")
    assert (caught.value.code, caught.value.retryable) == ("unreachable", True)


def test_what_cannot_be_sent_says_why() -> None:
    with pytest.raises(EgressError) as caught:
        send_datagram("127.0.0.1", 9, bytes(70_000))
    assert (caught.value.code, "too long" in caught.value.message) == ("unreachable", True)


def test_no_more_sockets_are_kept_than_there_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(udp, "_MOST_KEPT", 4)
    udp._close_all()
    for port in range(20_000, 20_020):
        send_datagram("127.0.0.1", port, b"x")
    assert len(udp._kept) == 4


def test_threads_share_the_sockets(receiver: socket.socket) -> None:
    port = receiver.getsockname()[1]
    senders = [
        threading.Thread(target=send_datagram, args=("127.0.0.1", port, bytes([number])))
        for number in range(20)
    ]
    for sender in senders:
        sender.start()
    assert {receiver.recv(10)[0] for _ in senders} == set(range(20))
