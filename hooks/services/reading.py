"""Reading a hooks.conf: which hooks it holds, and what is wrong where.

Format: Cloudify's `hooks.conf`, a YAML mapping whose key `hooks` lists mappings with `event_type`, `implementation`,
`inputs` and `description`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from common.names import as_name
from flows.sdk import JsonObject
from flows.sdk.life_cycle import LIFE_CYCLE_EVENTS
from hooks.services.yaml_tree import BadYaml, Key, Tree, read_tree

MOST_BYTES: Final = 131_072
MOST_HOOKS: Final = 200
MOST_PROBLEMS: Final = 100
MOST_WORD: Final = 300
KEYS: Final = ("event_type", "implementation", "inputs", "description")


class Level(StrEnum):
    """How much a problem matters: the hook is left out, it never runs, or it is only said."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Located:
    """Something to be said of a place in the file; `line` and `column` from 1, `entry` the number of the hook."""

    line: int
    code: str
    message: str
    hint: str = ""
    column: int = 1
    entry: int | None = None
    level: Level = Level.ERROR


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook of the file; `number` is its place in the list, from 1."""

    event_type: str
    implementation: str
    inputs: JsonObject
    description: str
    line: int
    number: int


@dataclass(slots=True)
class HooksFile:
    """What a file holds. When it is not readable, nothing is known of its hooks, and there are none here."""

    hooks: list[Hook] = field(default_factory=list)
    problems: list[Located] = field(default_factory=list)
    is_readable: bool = True

    def tell(self, problem: Located) -> None:
        """Add a problem, of which there are not too many."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def read_hooks(raw: str | bytes) -> HooksFile:
    """What stands in a hooks.conf. A broken hook takes only itself away; nothing is raised, whatever the text is."""
    file = HooksFile()
    try:
        tree = read_tree(_text(raw))
        hooks = None if tree is None or tree.is_null else _list_of_hooks(file, tree)
    except BadYaml as error:
        problem = Located(error.line, error.code, error.message, error.hint, error.column)
        return HooksFile(problems=[problem], is_readable=False)
    for number, entry in enumerate(hooks.items if hooks else (), 1):
        hook = _hook(file, number, entry)
        if hook is not None:
            file.hooks.append(hook)
    return file


def _text(raw: str | bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise BadYaml(
            1,
            1,
            "file_too_large",
            f"The file has more than {MOST_BYTES // 1024} KiB.",
            "A hooks file is short. Remove what is no hook.",
        )
    text = _decoded(raw) if isinstance(raw, bytes) else raw
    return text.removeprefix("\ufeff")


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        raise BadYaml(
            line, column, "not_utf8", "The file is not written in UTF-8.", "Save it as UTF-8."
        ) from error


def _list_of_hooks(file: HooksFile, tree: Tree) -> Tree | None:
    """The value of `hooks`.

    Raises:
        BadYaml: there is none that could be read.
    """
    if tree.kind != "mapping" or tree.fault:
        hint = "Begin it with “hooks:”, and write the hooks below, each behind a hyphen."
        raise BadYaml(tree.line, tree.column, "not_a_mapping", "The file is no mapping.", hint)
    _tell_keys(file, tree, ("hooks",), None)
    key = tree.entries().get("hooks")
    if key is None or key.value.is_null:
        return None
    if key.value.kind != "list" or key.value.fault:
        hint = "Write each hook behind a hyphen."
        raise BadYaml(key.line, key.column, "not_a_list", "“hooks” is no list.", hint)
    if len(key.value.items) > MOST_HOOKS:
        extra = key.value.items[MOST_HOOKS]
        raise BadYaml(
            extra.line,
            extra.column,
            "too_many_hooks",
            f"There are more than {MOST_HOOKS} hooks.",
            "Have one hook do what several of them do.",
        )
    return key.value


def _hook(file: HooksFile, number: int, entry: Tree) -> Hook | None:
    if entry.kind != "mapping" or entry.fault:
        hint = "Write “event_type” and “implementation” below each other."
        _say(file, number, entry, "entry_not_a_mapping", f"Hook {number} is no mapping.", hint)
        return None
    _tell_keys(file, entry, KEYS, number)
    keys = entry.entries()
    event_type = _word(file, number, entry, keys, "event_type", f"Add one of {', '.join(LIFE_CYCLE_EVENTS)}.")
    implementation = _word(file, number, entry, keys, "implementation", "Name a function: module.function.")
    inputs = _inputs(file, number, keys.get("inputs"))
    if event_type is None or implementation is None or inputs is None:
        return None
    if event_type not in LIFE_CYCLE_EVENTS:
        _say(
            file,
            number,
            keys["event_type"].value,
            "unknown_event_type",
            f"Hook {number} never runs: no event is called “{as_name(event_type, 80)}”.",
            f"There is {', '.join(LIFE_CYCLE_EVENTS)}.",
            Level.WARNING,
        )
        return None
    return Hook(event_type, implementation, inputs, _description(keys.get("description")), entry.line, number)


def _word(
    file: HooksFile, number: int, entry: Tree, keys: dict[str, Key], name: str, hint: str
) -> str | None:
    key = keys.get(name)
    if key is None or key.value.is_null:
        _say(
            file,
            number,
            key.value if key else entry,
            f"missing_{name}",
            f"Hook {number} has no “{name}”.",
            hint,
        )
        return None
    value = key.value.scalar
    text = value.strip() if isinstance(value, str) else ""
    if key.value.fault or not text or len(text) > MOST_WORD or not text.isprintable():
        message = f"“{name}” of hook {number} is no word that can be used."
        _say(file, number, key.value, f"bad_{name}", message, hint)
        return None
    return text


def _inputs(file: HooksFile, number: int, key: Key | None) -> JsonObject | None:
    if key is None or key.value.is_null:
        return {}
    tree = key.value
    if tree.kind != "mapping" or tree.fault:
        hint = "Write each input as “name: value”, or leave “inputs” out."
        _say(file, number, tree, "inputs_not_a_mapping", f"“inputs” of hook {number} is no mapping.", hint)
        return None
    faults = list(tree.faults())
    for fault in faults:
        _say(
            file,
            number,
            fault,
            "bad_value",
            f"An input of hook {number}: {fault.fault}",
            "Write it in quotes.",
        )
    value = tree.value()
    return value if isinstance(value, dict) and not faults else None


def _description(key: Key | None) -> str:
    """Free text; the original does not look at it either."""
    return as_name(key.value.text, 1_000).strip() if key and key.value.kind == "scalar" else ""


def _tell_keys(file: HooksFile, tree: Tree, known: tuple[str, ...], number: int | None) -> None:
    """Say which keys nobody reads, and which stand there twice."""
    for name, key in tree.entries().items():
        if name not in known:
            message = f"Nothing reads the key “{as_name(name, 80)}”."
            hint = f"Known are {', '.join(known)}." if number else "Only “hooks” is read."
            file.tell(Located(key.line, "unknown_key", message, hint, key.column, number, Level.NOTE))
    for key in tree.repeated() if number else tree.doubled():
        message = f"The key “{as_name(key.name, 80)}” stands here a second time; the last one holds."
        problem = Located(key.line, "duplicate_key", message, "Keep one.", key.column, number, Level.WARNING)
        file.tell(problem)


def _say(
    file: HooksFile,
    number: int,
    place: Tree,
    code: str,
    message: str,
    hint: str,
    level: Level = Level.ERROR,
) -> None:
    file.tell(Located(place.line, code, message, hint, place.column, number, level))
