"""Opens the credentials that a node's config names, for one turn."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from typing import Final
from weakref import WeakKeyDictionary

from django.db import close_old_connections

from common.egress import EgressError, default_source
from common.egress.hosts import AllowedHosts, allowed_hosts
from common.redact import know_here, redact_known
from flows.compiler.plan import PlannedNode
from flows.runner.context import StepContext
from flows.runner.shared_reads import SharedReads
from flows.sdk import Emit, NodeError, Record, Result, Review, Suspend
from flows.sdk.config_fields import NamedCredential
from flows.sdk.credentials import OpenCredential
from flows.services.credentials import credential_store
from flows.store.patience import backoff, until_answered

MOST_NAMED = 20
MOST_SECONDS = 20.0

_Wanted = tuple[tuple[NamedCredential, ...], int | None, bool, bool]
"""Their names, the owner, whether the values for trying out are taken, and whether it is a use."""
_reads: Final[WeakKeyDictionary[Executor, SharedReads[_Wanted, list[OpenCredential]]]] = WeakKeyDictionary()
"""Of each runner, by the pool on which it reads."""


async def with_credentials(node: PlannedNode, ctx: StepContext, pool: Executor) -> StepContext:
    """The context with what the config names, and with a way out to the hosts of that alone.

    Raises:
        NodeError: one of them cannot be opened; the error names the config field.
    """
    if not node.credentials:
        return ctx
    seconds = min(node.timeout_seconds, MOST_SECONDS)
    opened = await open_named(node.credentials, ctx.owner_id, seconds, pool, staging=ctx.is_test)
    hosts = hosts_of(opened)
    return replace(
        ctx,
        credentials={found.name: found.fields for found in opened},
        http=ctx.http.within(hosts),
        net=ctx.net.within(hosts),
    )


async def open_named(
    named: Sequence[NamedCredential],
    owner_id: int | None,
    seconds: float,
    pool: Executor,
    *,
    staging: bool = False,
    is_use: bool = True,
) -> list[OpenCredential]:
    """Open these credentials of an owner, and mask their secrets from now on.

    Raises:
        NodeError: one of them cannot be opened; the error names the config field.
    """
    # A config may name one many times: it is opened once, and an error is at the first place.
    once = tuple({(one.name, one.types): one for one in reversed(named)}.values())
    if len(once) > MOST_NAMED:
        raise NodeError(
            "too_many_credentials", f"More than {MOST_NAMED} credentials are named.", hint="Name fewer."
        )
    until = time.monotonic() + seconds
    work = partial(_open_all, once, owner_id, until, staging=staging, is_use=is_use)

    async def read() -> list[OpenCredential]:
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    opened = await _reads_on(pool).ask((once, owner_id, staging, is_use), read)
    know_here(*(secret for found in opened for secret in found.fields.secrets()))
    return opened


def _reads_on(pool: Executor) -> SharedReads[_Wanted, list[OpenCredential]]:
    found = _reads.get(pool)
    if found is None:
        found = _reads[pool] = SharedReads()
    return found


def hosts_of(opened: Iterable[OpenCredential]) -> AllowedHosts:
    """Where the way out leads while these are open."""
    return allowed_hosts(tuple(host for found in opened for host in found.hosts))


def without_secrets(node: PlannedNode, result: Result, record: Record) -> Result:
    """What the node answers, without the secrets that were opened for it: the other side may have sent them back.

    Only what the node added is looked at, so that no field of the event changes because a secret is a common word.
    """
    if not node.credentials:
        return result
    if isinstance(result, Suspend):
        review = result.review and Review(**redact_known(asdict(result.review)))
        return replace(result, detail=redact_known(dict(result.detail)), review=review)
    added = {name: value for name, value in result.record.items() if record.get(name) is not value}
    return Emit(result.port, {**result.record, **redact_known(added)}) if added else result


def _open_all(
    named: Sequence[NamedCredential], owner_id: int | None, until: float, *, staging: bool, is_use: bool
) -> list[OpenCredential]:
    close_old_connections()
    pauses = backoff(0.1, until=until)
    opened = until_answered(lambda: [_open(one, owner_id, staging, is_use) for one in named], pauses)
    with suppress(EgressError):  # the step goes out next, and is told then
        default_source().current()
    return opened


def _open(named: NamedCredential, owner_id: int | None, staging: bool, is_use: bool) -> OpenCredential:
    try:
        return credential_store().open(owner_id, named.name, named.types, staging=staging, is_use=is_use)
    except NodeError as error:
        error.field = named.path
        raise
