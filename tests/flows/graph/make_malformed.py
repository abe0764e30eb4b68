"""Writes the corpus of malformed flow files, and what each is expected to be told.

`python tests/flows/graph/make_malformed.py` writes `malformed/*.json` and `malformed/expected.json`. A case is its
bytes, the path of one error that must be among those reported, and the code of that error.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "malformed"

GOOD: dict[str, Any] = {
    "format": "hookflow/flow",
    "version": 1,
    "name": "Welcome",
    "description": "",
    "settings": {"concurrency": {"mode": "parallel", "limit": 50}},
    "nodes": [
        {
            "id": "t",
            "type": "event",
            "typeVersion": 1,
            "name": "Created",
            "config": {"event": "server.created"},
        },
        {
            "id": "m",
            "type": "send-mail",
            "name": "Mail",
            "config": {"to": "ops@example.org"},
            "settings": {
                "retry": {"attempts": 3, "first": "10s", "factor": 2, "cap": "1h"},
                "timeout": "30s",
            },
            "position": {"x": 1, "y": 2},
        },
    ],
    "edges": [{"from": "t", "port": "out", "to": "m"}],
}

Change = Callable[[dict[str, Any]], object]


def put(path: str, value: Any) -> Change:
    """Sets the value at a dotted path."""

    def change(raw: dict[str, Any]) -> None:
        *steps, last = path.split(".")
        here: Any = raw
        for step in steps:
            here = here[int(step)] if isinstance(here, list) else here[step]
        here[int(last) if isinstance(here, list) else last] = value

    return change


def drop(path: str) -> Change:
    """Removes what is at a dotted path."""

    def change(raw: dict[str, Any]) -> None:
        *steps, last = path.split(".")
        here: Any = raw
        for step in steps:
            here = here[int(step)] if isinstance(here, list) else here[step]
        del here[int(last) if isinstance(here, list) else last]

    return change


CHANGED: dict[str, tuple[Change, str, str]] = {
    "format-missing": (drop("format"), "format", "missing_key"),
    "format-foreign": (put("format", "n8n/workflow"), "format", "unknown_format"),
    "format-number": (put("format", 1), "format", "wrong_type"),
    "version-missing": (drop("version"), "version", "missing_key"),
    "version-newer": (put("version", 2), "version", "newer_format"),
    "version-zero": (put("version", 0), "version", "unknown_format"),
    "version-text": (put("version", "1"), "version", "wrong_type"),
    "version-true": (put("version", True), "version", "wrong_type"),
    "name-missing": (drop("name"), "name", "missing_key"),
    "name-empty": (put("name", ""), "name", "empty"),
    "name-blank": (put("name", "   "), "name", "empty"),
    "name-null": (put("name", None), "name", "wrong_type"),
    "name-long": (put("name", "x" * 201), "name", "too_long"),
    "name-bidi": (put("name", "abc\u202etxt.exe"), "name", "hidden_character"),
    "name-zero-width": (put("name", "Wel\u200bcome"), "name", "hidden_character"),
    "name-soft-hyphen": (put("name", "Wel\u00adcome"), "name", "hidden_character"),
    "name-line-break": (put("name", "Wel\ncome"), "name", "hidden_character"),
    "name-filler": (put("name", "Welcome\u3164"), "name", "hidden_character"),
    "description-list": (put("description", []), "description", "wrong_type"),
    "root-unknown-key": (put("nodez", []), "nodez", "unknown_key"),
    "root-credentials": (put("credentials", {"smtp": "hunter2"}), "credentials", "unknown_key"),
    "settings-null": (put("settings", None), "settings", "wrong_type"),
    "settings-unknown-key": (put("settings.owner", 1), "settings.owner", "unknown_key"),
    "mode-unknown": (
        put("settings.concurrency.mode", "serial"),
        "settings.concurrency.mode",
        "unknown_choice",
    ),
    "limit-zero": (put("settings.concurrency.limit", 0), "settings.concurrency.limit", "out_of_range"),
    "limit-fraction": (put("settings.concurrency.limit", 1.5), "settings.concurrency.limit", "wrong_type"),
    "limit-huge": (put("settings.concurrency.limit", 10**9), "settings.concurrency.limit", "out_of_range"),
    "concurrency-text": (put("settings.concurrency", "queue"), "settings.concurrency", "wrong_type"),
    "nodes-missing": (drop("nodes"), "nodes", "missing_key"),
    "nodes-object": (put("nodes", {"t": {}}), "nodes", "wrong_type"),
    "node-null": (put("nodes.0", None), "nodes.0", "wrong_type"),
    "node-text": (put("nodes.1", "send-mail"), "nodes.1", "wrong_type"),
    "node-unknown-key": (put("nodes.0.credentials", {}), "nodes.0.credentials", "unknown_key"),
    "node-misspelt-key": (put("nodes.0.typeVerison", 1), "nodes.0.typeVerison", "unknown_key"),
    "node-id-missing": (drop("nodes.0.id"), "nodes.0.id", "missing_key"),
    "node-id-number": (put("nodes.0.id", 7), "nodes.0.id", "wrong_type"),
    "node-id-empty": (put("nodes.0.id", ""), "nodes.0.id", "empty"),
    "node-id-space": (put("nodes.0.id", "a b"), "nodes.0.id", "bad_id"),
    "node-id-slash": (put("nodes.0.id", "../../etc"), "nodes.0.id", "bad_id"),
    "node-id-long": (put("nodes.0.id", "a" * 65), "nodes.0.id", "too_long"),
    "node-id-cyrillic": (put("nodes.0.id", "\u0430"), "nodes.0.id", "bad_id"),
    "node-id-twice": (put("nodes.1.id", "t"), "nodes.1.id", "duplicate_id"),
    "node-type-missing": (drop("nodes.1.type"), "nodes.1.type", "missing_key"),
    "node-type-upper": (put("nodes.1.type", "Send Mail"), "nodes.1.type", "bad_id"),
    "node-type-markup": (put("nodes.1.type", "<script>"), "nodes.1.type", "bad_id"),
    "node-name-missing": (drop("nodes.1.name"), "nodes.1.name", "missing_key"),
    "node-name-hidden": (put("nodes.1.name", "Mail\u2066"), "nodes.1.name", "hidden_character"),
    "node-version-zero": (put("nodes.0.typeVersion", 0), "nodes.0.typeVersion", "out_of_range"),
    "node-version-text": (put("nodes.0.typeVersion", "1"), "nodes.0.typeVersion", "wrong_type"),
    "config-list": (put("nodes.0.config", []), "nodes.0.config", "wrong_type"),
    "config-long-text": (put("nodes.0.config.event", "x" * 16_385), "nodes.0.config.event", "too_long"),
    "retry-text": (put("nodes.1.settings.retry", "often"), "nodes.1.settings.retry", "wrong_type"),
    "retry-forever": (
        put("nodes.1.settings.retry.attempts", 10**6),
        "nodes.1.settings.retry.attempts",
        "out_of_range",
    ),
    "retry-none": (
        put("nodes.1.settings.retry.attempts", 0),
        "nodes.1.settings.retry.attempts",
        "out_of_range",
    ),
    "retry-first": (
        put("nodes.1.settings.retry.first", "soon"),
        "nodes.1.settings.retry.first",
        "bad_duration",
    ),
    "retry-cap": (put("nodes.1.settings.retry.cap", "400d"), "nodes.1.settings.retry.cap", "out_of_range"),
    "retry-factor": (
        put("nodes.1.settings.retry.factor", 0.5),
        "nodes.1.settings.retry.factor",
        "out_of_range",
    ),
    "retry-jitter": (
        put("nodes.1.settings.retry.jitter", 2),
        "nodes.1.settings.retry.jitter",
        "out_of_range",
    ),
    "retry-unknown-key": (put("nodes.1.settings.retry.max", 2), "nodes.1.settings.retry.max", "unknown_key"),
    "timeout-zero": (put("nodes.1.settings.timeout", "0s"), "nodes.1.settings.timeout", "out_of_range"),
    "timeout-number": (put("nodes.1.settings.timeout", 30), "nodes.1.settings.timeout", "wrong_type"),
    "position-text": (put("nodes.1.position.x", "1"), "nodes.1.position.x", "wrong_type"),
    "position-far": (put("nodes.1.position.y", 1e300), "nodes.1.position.y", "out_of_range"),
    "position-unknown-key": (put("nodes.1.position.z", 1), "nodes.1.position.z", "unknown_key"),
    "edges-missing": (drop("edges"), "edges", "missing_key"),
    "edge-text": (put("edges.0", "t->m"), "edges.0", "wrong_type"),
    "edge-from-missing": (drop("edges.0.from"), "edges.0.from", "missing_key"),
    "edge-port-missing": (drop("edges.0.port"), "edges.0.port", "missing_key"),
    "edge-port-list": (put("edges.0.port", ["out"]), "edges.0.port", "wrong_type"),
    "edge-port-markup": (put("edges.0.port", 'out"><b>'), "edges.0.port", "bad_id"),
    "edge-dangling-from": (put("edges.0.from", "ghost"), "edges.0.from", "unknown_node"),
    "edge-dangling-to": (put("edges.0.to", "ghost"), "edges.0.to", "unknown_node"),
    "edge-unknown-key": (put("edges.0.when", "x"), "edges.0.when", "unknown_key"),
    "edge-twice": (lambda raw: raw["edges"].append(raw["edges"][0]), "edges.1", "duplicate_edge"),
}

RAW: dict[str, tuple[bytes, str, str]] = {
    "raw-empty": (b"", "", "empty_json"),
    "raw-space": (b" \n\t ", "", "empty_json"),
    "raw-truncated": (b'{"format": "hookflow/flow", "version"', "", "bad_json"),
    "raw-trailing-comma": (b'{"format": "hookflow/flow",}', "", "bad_json"),
    "raw-comment": (b'{"format": "hookflow/flow" // flow\n}', "", "bad_json"),
    "raw-two-values": (b"{} {}", "", "bad_json"),
    "raw-yaml": (b"format: hookflow/flow\nnodes: []\n", "", "bad_json"),
    "raw-yaml-bomb": (b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "", "bad_json"),
    "raw-xml": (b"<flow/>", "", "bad_json"),
    "raw-zip": (b"PK\x03\x04\x14\x00\x00\x00", "", "bad_json"),
    "raw-byte-order-mark": (b"\xef\xbb\xbf{}", "", "bad_json"),
    "raw-utf-16": ('{"format": 1}'.encode("utf-16"), "", "not_utf8"),
    "raw-latin-1": ('{"name": "Gr\u00fc\u00dfe"}'.encode("latin-1"), "", "not_utf8"),
    "raw-duplicate-key": (b'{"name": "a", "name": "b"}', "", "duplicate_key"),
    "raw-nan": (b'{"version": NaN}', "version", "bad_json"),
    "raw-infinity": (b'{"version": 1e999}', "version", "number_out_of_range"),
    "raw-big-integer": (b'{"version": 99999999999999999999}', "version", "number_out_of_range"),
    "raw-half-surrogate": (b'{"name": "\\ud800"}', "name", "lone_surrogate"),
    "raw-nul": (b'{"name": "a\\u0000b"}', "name", "nul_character"),
    "raw-list": (b"[]", "", "wrong_type"),
    "raw-null": (b"null", "", "wrong_type"),
    "raw-number": (b"42", "", "wrong_type"),
    "raw-single-quotes": (b"{'format': 'hookflow/flow'}", "", "bad_json"),
}


def changed(change: Change) -> bytes:
    """The good flow with one thing wrong."""
    raw = deepcopy(GOOD)
    change(raw)
    return json.dumps(raw, indent=1).encode() + b"\n"


def cases() -> dict[str, tuple[bytes, str, str]]:
    """Every case of the corpus by its name."""
    made = {name: (changed(change), path, code) for name, (change, path, code) in CHANGED.items()}
    return made | RAW


def write() -> None:
    """Write the corpus."""
    HERE.mkdir(exist_ok=True)
    expected = {}
    for name, (data, path, code) in sorted(cases().items()):
        (HERE / f"{name}.json").write_bytes(data)
        expected[f"{name}.json"] = {"path": path, "code": code}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    write()
