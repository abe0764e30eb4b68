"""The stages of a policy while they are written: added, moved and taken away before anything is saved."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict

from approvals.pages.policy_forms import Choices, LevelForm, initial_of_level

MOST_STAGES, MOST_LEVELS = 10, 5
Stages = list[dict[str, Any]]
"""Each `{"name": text, "levels": [initial values of a level's form]}`."""
EMPTY: dict[str, Any] = {}


def new_stages() -> Stages:
    """One stage with one level, nothing said yet."""
    return [{"name": "", "levels": [EMPTY]}]


def stages_of(document: Mapping[str, Any]) -> Stages:
    """The stages of a stored policy."""
    return [
        {"name": stage["name"], "levels": [initial_of_level(level) for level in stage["levels"]]}
        for stage in document["stages"]
    ]


def posted_stages(data: QueryDict) -> Stages:
    """What stands in the form, be it right or not. A shape that no form has is one stage."""
    counts = [int(word) for word in data.get("shape", "").split(",")[:MOST_STAGES] if word.isdecimal()]
    found = [
        {
            "name": data.get(f"s{stage}-name", "")[:80],
            "levels": [_raw(data, prefix_of(stage, level)) for level in range(min(count, MOST_LEVELS))],
        }
        for stage, count in enumerate(counts)
        if count
    ]
    return found or new_stages()


def prefix_of(stage: int, level: int) -> str:
    """What the names of a level's fields begin with."""
    return f"s{stage}l{level}"


def _raw(data: QueryDict, prefix: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: data.get(f"{prefix}-{name}", "") for name in LevelForm.base_fields}
    return {**values, "reviewers": data.getlist(f"{prefix}-reviewers")}


def changed(stages: Stages, wanted: str) -> Stages:
    """The stages after `add-stage`, `up-stage-1`, `remove-level-0-1` and the like; anything else changes nothing."""
    verb, _, rest = wanted.partition("-")
    what, *numbers = rest.split("-")
    places = [int(one) for one in numbers if one.isdecimal()]
    if what == "stage":
        return _changed_list(stages, verb, places[:1], lambda: new_stages()[0], MOST_STAGES)
    if what == "level" and places and places[0] < len(stages):
        stage = stages[places[0]]
        levels = _changed_list(stage["levels"], verb, places[1:], lambda: dict(EMPTY), MOST_LEVELS)
        return [{**one, "levels": levels} if one is stage else one for one in stages]
    return stages


def _changed_list(
    rows: list[Any], verb: str, place: list[int], new: Callable[[], Any], most: int
) -> list[Any]:
    if verb == "add":
        return [*rows, new()] if len(rows) < most else rows
    if not place or place[0] >= len(rows):
        return rows
    at, rest = place[0], [*rows[: place[0]], *rows[place[0] + 1 :]]
    if verb == "remove":
        return rest or rows
    to = {"up": max(0, at - 1), "down": at + 1}.get(verb, at)
    return [*rest[:to], rows[at], *rest[to:]]


def forms_of(stages: Stages, choices: Choices, data: QueryDict | None = None) -> Stages:
    """The stages with a `form` for each level; with `data` they check what was posted."""
    return [
        {
            "name": stage["name"],
            "levels": [
                LevelForm(data, initial=values, prefix=prefix_of(at, level), reviewers=choices)
                for level, values in enumerate(stage["levels"])
            ],
        }
        for at, stage in enumerate(stages)
    ]


def shape_of(stages: Stages) -> str:
    """How many levels each stage has, for the form's next post."""
    return ",".join(str(len(stage["levels"])) for stage in stages)
