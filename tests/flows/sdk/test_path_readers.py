"""Whatever reads a field by its path finds the same value, or finds none."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flows.compiler.references import find_miss
from flows.engine.subject import templated_subject
from flows.expressions.slots import compile_slot
from flows.sdk import MISSING, NodeError, Shape, value_at
from flows.sdk.comparison import apply_filter
from flows.sdk.config import Slot
from flows.sdk.paths import Segment
from inventory.node_support import read

NAMES = st.sampled_from(["size", "disks", "vlan", "items"])
LEAVES = st.integers(1, 99)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(NAMES, inner, min_size=1),
    max_leaves=12,
)
Path = tuple[Segment, ...]


@st.composite
def records(draw: st.DrawFn) -> tuple[Any, Path, Any]:
    """A record, a path to one of its leaves with indexes from either end, and the leaf; or one that leads nowhere."""
    here = record = draw(st.dictionaries(NAMES, VALUES, min_size=1))
    path: list[Segment] = []
    while isinstance(here, dict | list):
        if isinstance(here, dict):
            path.append(draw(st.sampled_from(sorted(here))))
        elif draw(st.integers(0, 5)) == 0:
            return record, (*path, draw(st.sampled_from([len(here), -len(here) - 1]))), MISSING
        else:
            path.append(draw(st.integers(-len(here), len(here) - 1)))
        here = here[path[-1]]
    if draw(st.integers(0, 5)) == 0:
        return record, (*path, "absent"), MISSING
    return record, tuple(path), here


def in_template(path: Path) -> str:
    return str(path[0]) + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path[1:])


def or_missing(get: Any) -> Any:
    try:
        return get()
    except NodeError:
        return MISSING


def looked_up(record: Any, path: str) -> Any:
    found = read(record, path, config_field="field")
    return found.values[0]


@given(records())
def test_all_readers_agree(drawn: tuple[Any, Path, Any]) -> None:
    record, path, leaf = drawn
    dotted = ".".join(map(str, path))
    template = compile_slot(Slot.VALUE, f"{{{{ {in_template(path)} }}}}")
    assert value_at(record, dotted) == leaf
    assert or_missing(lambda: template.render(record)) == leaf
    assert or_missing(lambda: looked_up(record, dotted)) == leaf
    passes, _ = apply_filter(record, dotted, "=", str(leaf))
    assert passes is (leaf is not MISSING)
    if leaf is not MISSING:
        shape = Shape.from_example(record)
        assert shape.at(dotted) is not None
        assert find_miss(shape, path) is None
        subject = compile_slot(Slot.TEXT, f"Number {{{{ {in_template(path)} }}}}")
        assert templated_subject(subject, record) == f"Number {leaf}"


def test_a_list_that_is_written_into_stays_a_list() -> None:
    disks = Shape.object({"disks": Shape.array(Shape.object({"size": Shape.integer()}))})
    written = disks.with_field("disks.-1.label", Shape.string())
    assert written.at("disks.0.label") == Shape.string()
    assert written.at("disks.0.size") == Shape.integer()
