"""The bytes of traps are those of pysnmp's own classes."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import encoder
from pysnmp.proto import api, rfc1902

from actions.services.snmp_message import SYS_UPTIME, TRAP_OID, trap_v2c
from actions.services.snmp_values import KINDS, RANGES, Variable

PARTS = st.lists(st.integers(0, 2**32 - 1), max_size=12)
OIDS = st.builds(
    lambda first, second, rest: ".".join(map(str, (first, second, *rest))),
    st.integers(0, 2),
    st.integers(0, 39),
    PARTS,
)
VALUES = st.one_of(
    st.tuples(st.sampled_from(["text", "hex", "opaque"]), st.binary(max_size=600)),
    st.tuples(st.just("oid"), OIDS),
    st.tuples(st.just("ip"), st.ip_addresses(v=4).map(str)),
    *(st.tuples(st.just(kind), st.integers(*span)) for kind, span in RANGES.items()),
)
VARIABLES = st.lists(st.builds(lambda oid, value: Variable(oid, *value), OIDS, VALUES), max_size=8)


def by_pysnmp(
    community: bytes, trap_oid: str, variables: list[Variable], *, request_id: int, ticks: int
) -> bytes:
    module = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
    pdu = module.TrapPDU()
    module.apiTrapPDU.set_defaults(pdu)
    module.apiTrapPDU.set_request_id(pdu, request_id)
    bindings = [(SYS_UPTIME, rfc1902.TimeTicks(ticks)), (TRAP_OID, rfc1902.ObjectIdentifier(trap_oid))]
    bindings += [(entry.oid, getattr(rfc1902, KINDS[entry.type].syntax)(entry.value)) for entry in variables]
    module.apiTrapPDU.set_varbinds(pdu, [(module.ObjectIdentifier(oid), value) for oid, value in bindings])
    message = module.Message()
    module.apiMessage.set_defaults(message)
    module.apiMessage.set_community(message, community)
    module.apiMessage.set_pdu(message, pdu)
    return bytes(encoder.encode(message))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    community=st.binary(max_size=200),
    trap_oid=OIDS,
    variables=VARIABLES,
    request_id=st.integers(0, 2**31 - 1),
    ticks=st.integers(0, 2**32 - 1),
)
def test_a_trap_is_the_message_that_pysnmp_makes(community, trap_oid, variables, request_id, ticks):
    told = {"request_id": request_id, "ticks": ticks}
    assert trap_v2c(community, trap_oid, variables, **told) == by_pysnmp(
        community, trap_oid, variables, **told
    )
