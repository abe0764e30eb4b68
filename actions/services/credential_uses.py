"""Which flows use a credential."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID

import orjson
from django.db.models import Q, QuerySet

from actions.models import Credential
from flows.models import Flow
from flows.services.credential_names import names_of

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class FlowUse:
    """A flow that names a credential. `is_live`: its published version does, and the flow is on."""

    id: UUID
    name: str
    is_live: bool


def uses_of(credential: Credential, flows: QuerySet[Flow] | None = None) -> list[FlowUse]:
    """The flows, of these or of all, whose draft or published version names it, by name; at most `MOST_SHOWN`."""
    found: list[FlowUse] = []
    rows = Flow.objects.all() if flows is None else flows
    for flow in _candidates(credential, rows).select_related("published").order_by("name", "id").iterator(20):
        published = flow.published.document if flow.published else {}
        is_published = credential.name in names_of(published)
        if is_published or credential.name in names_of(flow.draft):
            found.append(FlowUse(flow.id, flow.name, is_published and flow.is_enabled))
        if len(found) == MOST_SHOWN:
            break
    return found


def use_counts(credentials: Sequence[Credential], flows: QuerySet[Flow]) -> Counter[int]:
    """How many of the flows name each of the credentials, by its id; each flow is read once."""
    texts = [orjson.dumps(credential.name).decode() for credential in credentials]
    holds = reduce(
        or_, (Q(draft__contains=text) | Q(published__document__contains=text) for text in texts), Q(pk=None)
    )
    found: Counter[int] = Counter()
    for flow in flows.filter(holds, deleted_at=None).select_related("published").iterator(20):
        named = names_of(flow.draft) | names_of(flow.published.document if flow.published else {})
        found.update(one.pk for one in credentials if one.name in named and _may_use(flow, one))
    return found


def _may_use(flow: Flow, credential: Credential) -> bool:
    return flow.tenant_id == credential.tenant_id or (credential.tenant_id is None and credential.is_shared)


def _candidates(credential: Credential, flows: QuerySet[Flow]) -> QuerySet[Flow]:
    """Flows that may use it and hold its name somewhere."""
    text = orjson.dumps(credential.name).decode()
    flows = flows.filter(Q(draft__contains=text) | Q(published__document__contains=text), deleted_at=None)
    if credential.tenant_id is None and credential.is_shared:
        return flows
    return flows.filter(Q(tenant_id=credential.tenant_id))
