"""What each process sets once at its start: keys, the policy of the way out, the shape of log lines."""

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog

from common.at_work import left_by_the_last, told
from common.crypto import CryptoError, use_keys
from common.egress import EgressPolicy, use_provider
from hookflow_site.env import BadSetting
from hookflow_site.logs import configure_structlog
from hookflow_site.proxies import Network, read_networks

BARE_SERVERS: Final = frozenset({"daphne", "uvicorn", "hypercorn", "gunicorn"})


def prepare_process(encryption_keys: Sequence[str], allowed_networks: Sequence[str]) -> None:
    """Make the leaf package ready for use.

    Raises:
        BadSetting: a key or a network cannot be read.
    """
    try:
        use_keys(encryption_keys)
    except CryptoError as error:
        raise BadSetting(f"ENCRYPTION_KEYS cannot be used. {error}") from error
    try:
        policy = EgressPolicy.of(allowed_networks)
    except ValueError as error:
        raise BadSetting(f"EGRESS_ALLOWED_NETWORKS cannot be used. {error}") from error
    use_provider(lambda: policy)
    configure_structlog()


def refuse_bare_server(program: str) -> None:
    """What bounds connections stands below the application: a server that was started by itself goes without.

    Args:
        program: the path of what the process was started with.

    Raises:
        BadSetting: it is a server's own command.
    """
    if not BARE_SERVERS.isdisjoint(Path(program).parts[-2:]):
        raise BadSetting(
            "Start web as `python -m hookflow_site.web`: a server alone lacks its limits on connections."
        )


def begin_to_serve() -> None:
    """Say what the process before this one left undone, if it did, and settle the memory."""
    if left := left_by_the_last():
        structlog.get_logger(__name__).warning("the_last_process_was_at", work=told(left))
    settle_memory()


def settle_memory() -> None:
    """What is there when a process begins to serve stays until its end: the collector need not look at it again.

    Its full passes over some 200,000 such objects would take a fifth of the time under load. It looks often at what is
    young and seldom at the rest, for all threads wait for a pass: one over 200,000 young objects took 100 ms, and one
    over the 22,000 of ten generations still 12.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 3, 700)
    gc.enable()


def trusted_proxies(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks of `TRUSTED_PROXIES`.

    Raises:
        BadSetting: one cannot be read.
    """
    try:
        return read_networks(texts)
    except ValueError as error:
        raise BadSetting(f"TRUSTED_PROXIES cannot be used: {error}.") from error
