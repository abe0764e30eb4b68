"""One server of each kind for the whole session. A peer that cannot start fails its tests, it never skips them."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.peers.peer import SERVERS, Peer

NAMES = sorted(path.parent.name for path in SERVERS.glob("*/run"))
STARTED = pytest.StashKey[dict[str, Future[Peer]]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    """Start what the tests need before the first of them, two at a time: a first start installs for minutes."""
    if session.config.option.collectonly:
        return (yield)
    needed = {name for item in session.items for name in getattr(item, "fixturenames", ()) if name in NAMES}
    with ThreadPoolExecutor(max_workers=2) as lanes:
        started = {name: lanes.submit(Peer, name) for name in sorted(needed)}
    session.config.stash[STARTED] = started
    try:
        return (yield)
    finally:
        for future in started.values():
            if future.exception() is None:
                future.result().stop()


def peer(name: str) -> Callable[..., Peer]:
    """The fixture that is this peer."""

    @pytest.fixture(scope="session", name=name)
    def running(request: pytest.FixtureRequest) -> Peer:
        return request.config.stash[STARTED][name].result()

    return running


github = peer("github")
graph = peer("graph")
jenkins = peer("jenkins")
proxmox = peer("proxmox")
redmine = peer("redmine")
smtp = peer("smtp")
snmptrapd = peer("snmptrapd")
zabbix = peer("zabbix")
