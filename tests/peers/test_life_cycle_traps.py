"""Life-cycle traps: snmptrapd tells them by the names of CLOUDIFY-MIB."""

import itertools
import os
from pathlib import Path
from typing import Any

import pytest

from actions.credentials.snmp import SnmpFields
from flows.sdk import NodeError
from flows.sdk.testing import run_node
from hooks.nodes.life_cycle_trap import LifeCycleTrap
from hooks.services import traps
from tests.hooks.services.test_traps import CONTEXT
from tests.peers.peer import Peer, free_ports
from tests.peers.reaching import reaching
from tests.peers.test_snmptrapd import USERS
from tests.peers.waiting import until

pytestmark = pytest.mark.usefixtures("loopback_allowed")

marks = (f"execution-{os.getpid()}-{number}" for number in itertools.count())


def receiver(peer: Peer, **fields: Any) -> SnmpFields:
    known = {"community": peer["SNMP_COMMUNITY"], "engine_id": peer["SNMP_ENGINE_ID"]}
    return SnmpFields(**{"host": peer["SNMP_HOST"], "port": int(peer["SNMP_NAMED_PORT"]), **known, **fields})


def line(peer: Peer, mark: str) -> list[str]:
    """The parts of the line of an execution in the log: time, addresses, security, enterprise, numbers, rest."""
    log = Path(peer["SNMP_NAMED_LOG"])
    return until(lambda: next((entry for entry in log.read_text().splitlines() if mark in entry), "")).split(
        "|"
    )


def told(
    peer: Peer, record: dict[str, Any], config: dict[str, Any] | None = None, **fields: Any
) -> list[str]:
    mark = next(marks)
    drawn = {"destinations": [{"credential": "noc"}], **(config or {})}
    context = reaching(noc=receiver(peer, **fields))
    run_node(LifeCycleTrap, drawn, {**CONTEXT, **record, "execution_id": mark}, context=context)
    return line(peer, mark)


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ("workflow_queued", "cloudifyWorkflowQueued"),
        ("workflow_started", "cloudifyWorkflowStarted"),
        ("workflow_succeeded", "cloudifyWorkflowSucceeded"),
        ("workflow_cancelled", "cloudifyWorkflowCancelled"),
        ("workflow_failed", "cloudifyWorkflowFailed"),
    ],
)
def test_each_notification_is_told_by_its_name(snmptrapd, event, name):
    assert f"OID: CLOUDIFY-MIB::{name}\t" in told(snmptrapd, {"event_type": event})[5]


def test_each_object_is_told_by_its_name_in_the_order_of_the_original(snmptrapd):
    failed = {
        "event_type": "workflow_failed",
        "execution_parameters": {"a": 1},
        "arguments": {"error": "Größe fehlt"},
    }
    parts = told(snmptrapd, failed)[5].rstrip("\t").split("\t")[3:]
    assert parts == [
        "CLOUDIFY-MIB::cloudifyWorkflowName = STRING: install",
        "CLOUDIFY-MIB::cloudifyTenantName = STRING: default_tenant",
        "CLOUDIFY-MIB::cloudifyDeploymentID = STRING: dep1",
        "CLOUDIFY-MIB::cloudifyTimeStamp = Counter64: 1704164645 seconds",
        'CLOUDIFY-MIB::cloudifyWorkflowParameters = STRING: {"a": 1}',
        "CLOUDIFY-MIB::cloudifyErrorDetails = STRING: Größe fehlt",
    ]


def test_the_mib_is_loaded_without_a_word(snmptrapd):
    assert Path(snmptrapd["SNMP_NAMED_SAID"]).read_text() == ""


@pytest.mark.parametrize("kind", ["trap", "inform"])
def test_v3_tells_it_authenticated_and_encrypted(snmptrapd, kind):
    found = told(snmptrapd, {}, {"kind": kind}, **USERS["auth-priv"])
    assert found[2] == f"{'TRAP2' if kind == 'trap' else 'INFORM'}, SNMP v3, user auth-priv, context "


def test_an_inform_of_v2c_is_acknowledged(snmptrapd):
    assert told(snmptrapd, {}, {"kind": "inform"})[2] == "INFORM, SNMP v2c, community public"


def test_destinations_that_do_not_answer_keep_nothing_from_the_others(snmptrapd):
    mark = next(marks)
    gone = SnmpFields(host="no-such-name.invalid", community="public")
    silent = SnmpFields(host="127.0.0.1", port=free_ports(), community="public")
    context = reaching(gone=gone, silent=silent, noc=receiver(snmptrapd))
    names = ("gone", "silent", "noc")
    drawn = {
        "destinations": [{"credential": name} for name in names],
        "kind": "inform",
        "seconds": 1,
        "repeats": 0,
    }
    with pytest.raises(NodeError) as caught:
        run_node(LifeCycleTrap, drawn, {**CONTEXT, "execution_id": mark}, context=context)
    assert line(snmptrapd, mark)
    assert caught.value.message.startswith(
        "2 of 3 destinations could not be told. no-such-name.invalid:162: "
    )
    assert dict(caught.value.keeps) == {"sent": [2]}


async def test_the_originals_function_reaches_it_by_its_inputs(snmptrapd):
    mark = next(marks)
    inputs = {
        "destination_address": snmptrapd["SNMP_HOST"],
        "destination_port": int(snmptrapd["SNMP_NAMED_PORT"]),
        "community_string": snmptrapd["SNMP_COMMUNITY"],
    }
    await traps.send_snmp_trap(reaching(), {**CONTEXT, "execution_id": mark}, inputs)
    assert line(snmptrapd, mark)[2] == "TRAP2, SNMP v2c, community public"
