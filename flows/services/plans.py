"""From stored documents to plans: what the compiler needs to know of this installation."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from uuid import UUID

from flows.compiler import Compilation, compile_document
from flows.compiler.plan import Plan
from flows.graph.codec import read_document
from flows.graph.document import FlowDocument
from flows.models import FlowVersion
from flows.sdk import EventType, Node, NodeError, event_types, node_types
from flows.services.credentials import credential_store
from flows.services.event_types import defined_type, names_in_reach, shape_of
from flows.services.ways_out import places_of


class Installation:
    """`flows.compiler.CompileEnvironment` of this installation, as one tenant sees it."""

    is_at_run = False

    def __init__(self, tenant_id: int | None) -> None:
        self.tenant_id = self.owner_id = tenant_id

    def node_type(self, name: str) -> Node | None:
        """The registered node type of that name."""
        return node_types.get(name)

    def node_type_names(self) -> Iterable[str]:
        """Every registered node type."""
        return node_types

    def event_type(self, name: str) -> EventType | None:
        """The event type of that name: one that comes with the program, or one that the tenant defined."""
        builtin = event_types.get(name)
        if builtin is not None:
            return builtin
        defined = defined_type(name, self.tenant_id)
        if defined is None:
            return None
        shape = shape_of(defined.schema)
        return EventType(defined.name, defined.label, defined.summary, "Your own", shape, defined.sample)

    def event_type_names(self) -> Iterable[str]:
        """Every event type that the tenant's flows may listen to."""
        return self._event_type_names

    @cached_property
    def _event_type_names(self) -> list[str]:
        return names_in_reach(self.tenant_id)

    def credentials(self) -> Mapping[str, str]:
        """The type of every credential that the tenant's flows may use, by name."""
        return self._credentials

    @cached_property
    def _credentials(self) -> Mapping[str, str]:
        return credential_store().usable(self.tenant_id)


class InstallationWith(Installation):
    """The same with credentials that are about to be made: their types by name."""

    def __init__(self, tenant_id: int | None, more: Mapping[str, str]) -> None:
        super().__init__(tenant_id)
        self._all = {**super().credentials(), **more}

    def credentials(self) -> Mapping[str, str]:
        """Those that are there, and those that will be."""
        return self._all


class InstallationAtRun(Installation):
    """The same for a version that runs: a credential is looked for when a step needs it, and only that step fails."""

    is_at_run = True


def compile_for(document: FlowDocument, tenant_id: int | None) -> Compilation:
    """Compile a document as the tenant sees the installation."""
    return compile_document(document, Installation(tenant_id))


def plan_of_version(version_id: UUID) -> Plan:
    """The plan of a published version.

    Raises:
        NodeError: `version_unusable`: it does not compile here any more, say because a package is gone.
    """
    version = FlowVersion.objects.select_related("flow").get(id=version_id)
    compilation = compile_document(read_document(version.document), InstallationAtRun(version.flow.tenant_id))
    if compilation.plan is None:
        first = next(problem for problem in compilation.problems if problem.severity == "error")
        raise NodeError(
            "version_unusable",
            f"Version {version.number} of the flow does not compile any more: {first.message}",
            hint=first.hint,
        )
    return replace(compilation.plan, places=places_of(version))
