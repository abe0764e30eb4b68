"""JSON to document: finds all errors at once, each with its place."""

from typing import Any, Literal, cast

from pydantic.fields import FieldInfo

from common.names import HIDDEN_CHARACTER, HINT, hidden_character, said, settled
from flows.graph.document import (
    FORMAT,
    VERSION,
    Concurrency,
    ConcurrencyMode,
    DocumentEdge,
    DocumentNode,
    Fault,
    FlowDocument,
    FlowSettings,
    NodeSettings,
    Position,
    plain_number,
)
from flows.graph.limits import (
    ID,
    MAX_EDGES,
    MAX_ID,
    MAX_NAME,
    MAX_NODES,
    MAX_SUBJECT_TEMPLATE,
    PORT,
    TYPE,
    check_bounds,
)
from flows.graph.located import Collector, ObjectReader
from flows.sdk.config import bounds, duration_seconds
from flows.sdk.json_types import Json, JsonObject
from flows.sdk.retry import LONGEST_WAIT_SECONDS, Retry

MODES: tuple[ConcurrencyMode, ...] = ("parallel", "queue", "single")
LONGEST_TIMEOUT_SECONDS = 86_400.0
FARTHEST = 10_000_000
TYPED = frozenset({"wrong_type", "out_of_range", "bad_duration", "unknown_choice", "too_long"})
GROUPS = frozenset({"settings", "settings.retry", "settings.concurrency"})


def read_document(raw: Json, *, keeps_typed: bool = False) -> FlowDocument:
    """The document that a JSON value describes.

    Args:
        raw: a plain JSON value, as parsed.
        keeps_typed: what people type into settings stays as it is, as a fault for the compiler to name; a node
            may be without a name for a while.

    Raises:
        DocumentError: it describes none; `errors` says everything that is wrong, each with its place.
    """
    collector = Collector()
    check_bounds(raw, collector)
    collector.raise_if_any()
    document = _Reader(collector, keeps_typed=keeps_typed).document(raw)
    collector.raise_if_any()
    return document


class _Reader:
    def __init__(self, collector: Collector, *, keeps_typed: bool) -> None:
        self.collector = collector
        self.keeps_typed = keeps_typed

    def document(self, raw: Json) -> FlowDocument:
        reader = ObjectReader(raw, "", self.collector)
        if not isinstance(raw, dict):
            return FlowDocument("")
        self._format(reader)
        name = self._name(reader, may_be_empty=False)
        description = reader.text("description", "")
        settings = self._flow_settings(reader)
        nodes = [self._node(entry, i) for i, entry in enumerate(reader.items("nodes", MAX_NODES))]
        edges = [self._edge(entry, i) for i, entry in enumerate(reader.items("edges", MAX_EDGES))]
        reader.refuse_others()
        self._references(nodes, edges)
        return FlowDocument(name, tuple(nodes), tuple(edges), description, settings)

    def _format(self, reader: ObjectReader) -> None:
        if reader.text("format") not in (FORMAT, ""):
            reader.fail("format", "unknown_format", "This is no flow of hookflow.", f"Expected “{FORMAT}”.")
        if not reader.has("version"):
            reader.fail("version", "missing_key", "“version” is missing.", f"Add “version”: {VERSION}.")
            return
        version = reader.raw["version"]
        if isinstance(version, bool) or not isinstance(version, int):
            reader.fail("version", "wrong_type", "This must be a whole number.", f"Write {VERSION}.")
        elif version > VERSION:
            hint = "Update hookflow, or export the flow from an older one."
            reader.fail("version", "newer_format", "This flow was written by a newer hookflow.", hint)
        elif version < VERSION:
            reader.fail("version", "unknown_format", f"There is no version {version}.", f"Write {VERSION}.")

    def _name(self, reader: ObjectReader, *, may_be_empty: bool) -> str:
        name = settled(reader.text("name", longest=MAX_NAME))
        hidden = hidden_character(name)
        if hidden is not None:
            reader.fail(
                "name", HIDDEN_CHARACTER, f"The name holds a hidden character ({said(hidden)}).", HINT
            )
        elif isinstance(reader.raw.get("name"), str) and not name.strip() and not may_be_empty:
            reader.fail("name", "empty", "The name is empty.", "Give it a name.")
        return name

    def _pattern(self, reader: ObjectReader, key: str, pattern: Any, hint: str) -> str:
        text = reader.text(key, longest=MAX_ID)
        if text and not pattern.fullmatch(text):
            reader.fail(key, "bad_id", f"“{text}” is not allowed here.", hint)
        elif not text and isinstance(reader.raw.get(key), str) and reader.raw[key] == "":
            reader.fail(key, "empty", f"“{key}” is empty.", hint)
        return text

    def _flow_settings(self, reader: ObjectReader) -> FlowSettings:
        if not reader.has("settings"):
            return FlowSettings()
        found = Collector()
        settings = ObjectReader(reader.raw["settings"], reader.at("settings"), found)
        concurrency = Concurrency()
        if settings.has("concurrency"):
            inner = ObjectReader(settings.raw["concurrency"], settings.at("concurrency"), found)
            mode = inner.text("mode", "parallel")
            if mode not in MODES:
                inner.fail(
                    "mode", "unknown_choice", f"There is no mode “{mode}”.", f"Choose {', '.join(MODES)}."
                )
                mode = "parallel"
            limit = None
            if inner.has("limit") and inner.raw["limit"] is not None:
                limit = int(inner.number("limit", 1, 1, 100_000, whole=True))
            inner.refuse_others()
            concurrency = Concurrency(cast(ConcurrencyMode, mode), limit)
        subject = settings.text("subject", "", longest=MAX_SUBJECT_TEMPLATE)
        settings.refuse_others()
        faults = self._typed(found, reader)
        return FlowSettings(concurrency, subject.strip(), faults, settings.raw if faults else {})

    def _typed(self, found: Collector, reader: ObjectReader) -> tuple[Fault, ...]:
        """What people can type and mend in the editor is set aside; everything else is an error."""
        faults: list[Fault] = []
        for error in found.errors:
            field = error.path.removeprefix(f"{reader.path}.") if reader.path else error.path
            if self.keeps_typed and error.code in TYPED and field not in GROUPS:
                faults.append(Fault(field, error.code, error.message, error.hint))
            else:
                self.collector.add(error.path, error.code, error.message, error.hint)
        return tuple(faults)

    def _node(self, raw: Json, index: int) -> DocumentNode:
        reader = ObjectReader(raw, f"nodes.{index}", self.collector)
        if not isinstance(raw, dict):
            return DocumentNode("", "", "")
        node_id = self._pattern(reader, "id", ID, "Letters, digits, - and _, at most 64.")
        kind = self._pattern(reader, "type", TYPE, "Small letters, digits and -, at most 64.")
        name = self._name(reader, may_be_empty=self.keeps_typed)
        version = int(reader.number("typeVersion", 1, 1, 10_000, whole=True))
        node = DocumentNode(
            id=node_id,
            type=kind,
            name=name,
            type_version=version,
            config=self._config(reader),
            settings=self._node_settings(reader),
            position=self._position(reader),
        )
        reader.refuse_others()
        return node

    def _config(self, reader: ObjectReader) -> JsonObject:
        if not reader.has("config"):
            return {}
        config = reader.raw["config"]
        if not isinstance(config, dict):
            reader.fail("config", "wrong_type", "This must be an object.", "Write { … } here.")
            return {}
        return config

    def _node_settings(self, reader: ObjectReader) -> NodeSettings:
        if not reader.has("settings"):
            return NodeSettings()
        found = Collector()
        settings = ObjectReader(reader.raw["settings"], reader.at("settings"), found)
        retry = None
        if settings.has("retry") and settings.raw["retry"] is not None:
            retry = self._retry(ObjectReader(settings.raw["retry"], settings.at("retry"), found))
        timeout = None
        if settings.has("timeout") and settings.raw["timeout"] is not None:
            timeout = self._duration(settings, "timeout", "30s", LONGEST_TIMEOUT_SECONDS)
        settings.refuse_others()
        faults = self._typed(found, reader)
        return NodeSettings(retry, timeout, faults, settings.raw if faults else {})

    def _retry(self, reader: ObjectReader) -> Retry:
        said = {
            name: self._of_retry(reader, name, info)
            for name, info in Retry.model_fields.items()
            if reader.has(name)
        }
        reader.refuse_others()
        return Retry(**said)

    def _of_retry(self, reader: ObjectReader, key: str, info: FieldInfo) -> Any:
        if info.annotation is str:
            return self._duration(reader, key, info.default, LONGEST_WAIT_SECONDS)
        least, most = bounds(info)
        return reader.number(key, info.default, least, most, whole=info.annotation is int)

    def _duration(self, reader: ObjectReader, key: str, default: str, most: float) -> str:
        text = reader.text(key, default, longest=20)
        try:
            seconds = duration_seconds(text)
        except ValueError as error:
            reader.fail(key, "bad_duration", f"“{text}” is no length of time.", str(error))
            return default
        if not 0 < seconds <= most:
            hint = f"It must be more than nothing and at most {most / 3600:g}h."
            reader.fail(key, "out_of_range", f"{text} is out of range.", hint)
            return default
        return text

    def _position(self, reader: ObjectReader) -> Position:
        if not reader.has("position"):
            return Position()
        position = ObjectReader(reader.raw["position"], reader.at("position"), self.collector)
        x = position.number("x", 0, -FARTHEST, FARTHEST)
        y = position.number("y", 0, -FARTHEST, FARTHEST)
        position.refuse_others()
        return Position(plain_number(x), plain_number(y))

    def _edge(self, raw: Json, index: int) -> DocumentEdge:
        reader = ObjectReader(raw, f"edges.{index}", self.collector)
        if not isinstance(raw, dict):
            return DocumentEdge("", "", "")
        source = self._pattern(reader, "from", ID, "Write the id of a node.")
        port = self._pattern(reader, "port", PORT, "Write the name of a port, such as out.")
        target = self._pattern(reader, "to", ID, "Write the id of a node.")
        reader.refuse_others()
        return DocumentEdge(source, port, target)

    def _references(self, nodes: list[DocumentNode], edges: list[DocumentEdge]) -> None:
        seen: dict[str, int] = {}
        for index, node in enumerate(nodes):
            if node.id and node.id in seen:
                message = f"The id “{node.id}” is given to another node already (nodes.{seen[node.id]})."
                self.collector.add(f"nodes.{index}.id", "duplicate_id", message, "Give each node its own id.")
            seen.setdefault(node.id, index)
        pairs: set[DocumentEdge] = set()
        for index, edge in enumerate(edges):
            ends: tuple[tuple[Literal["from", "to"], str], ...] = (("from", edge.source), ("to", edge.target))
            for key, node_id in ends:
                if node_id and node_id not in seen:
                    message = f"There is no node “{node_id}”."
                    self.collector.add(f"edges.{index}.{key}", "unknown_node", message, "Name a node's id.")
            if edge in pairs:
                self.collector.add(
                    f"edges.{index}", "duplicate_edge", "This edge is there twice.", "Remove it."
                )
            pairs.add(edge)
