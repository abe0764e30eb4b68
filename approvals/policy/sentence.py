"""A policy in plain sentences, so that whoever writes one sees what it means."""

from collections.abc import Callable, Sequence

from approvals.policy.document import AutoRules, Level, PolicyDocument, Reviewer, Stage

NameOf = Callable[[Reviewer], str]
AFTER = {
    "continue": "the stage counts as continued",
    "cancel": "the task is cancelled",
    "fail": "the task expires",
    "escalate": "it goes on to the next",
}
NOBODY = {
    "cancel": "If a stage names nobody at all, the task is cancelled.",
    "continue": "If a stage names nobody at all, it counts as continued.",
    "escalate": "If a stage names nobody at all, those who may decide the tasks of others are asked.",
}
_UNITS = ((1440, "day"), (60, "hour"), (1, "minute"))


def sentences(policy: PolicyDocument, name_of: NameOf) -> list[str]:
    """What the policy means, in the order in which it happens."""
    said = _automatic(policy.auto)
    for number, stage in enumerate(policy.stages, start=1):
        said += _of_stage(stage, number, len(policy.stages), name_of)
    said.append(NOBODY[policy.auto.nobody_to_ask])
    if policy.four_eyes:
        said.append("Whoever asked for it never decides, and nobody does in their place.")
    if not policy.delegates:
        said.append("Delegates do not answer.")
    if policy.overruling:
        said.append("Those who may decide the tasks of others can decide it at once.")
    return said


def _automatic(auto: AutoRules) -> list[str]:
    said = []
    if not auto.review_types:
        said.append("Operations on servers are continued at once.")
    elif len(auto.review_types) < 3:
        names = listed([one.lower() for one in auto.review_types], "and")
        said.append(f"Of operations on servers only {names} is reviewed; the others are continued at once.")
    if auto.trusted_roles and auto.review_types:
        names = listed([f"a {one.replace('_', ' ')}" for one in auto.trusted_roles], "or")
        said.append(f"When {names} asks for an operation, it is continued at once.")
    return said


def _of_stage(stage: Stage, number: int, stages: int, name_of: NameOf) -> list[str]:
    label = f" ({stage.name})" if stage.name else ""
    begin = f"Stage {number}{label}: " if stages > 1 or label else ""
    said = []
    for index, level in enumerate(stage.levels):
        people = listed([name_of(one) for one in level.reviewers], "and")
        asked = (
            f"{people} {_are(level)} asked" if index == 0 else f"then {people} {_are(level)} asked instead"
        )
        said.append(_capital(f"{begin if index == 0 else ''}{asked}. {_rules(level)}"))
        said += _times(level)
    return said


def _are(level: Level) -> str:
    return "is" if len(level.reviewers) == 1 and level.reviewers[0].kind == "user" else "are"


def _rules(level: Level) -> str:
    yes, no = level.approval, level.rejection
    continues = {
        "any": "Any one of them continues it",
        "all": "It is continued when all of them say so",
        "count": f"It is continued when {yes.number} of them say so",
        "percent": f"It is continued when {yes.number} % of them say so",
        "everyone_any": "When all of them have answered, one who says continue is enough",
    }[yes.kind]
    cancels = {
        "any": "any one cancels it",
        "all": "it is cancelled when all say cancel",
        "count": f"it is cancelled when {no.number} say cancel",
        "percent": f"it is cancelled when {no.number} % say cancel",
        "impossible": "it is cancelled as soon as the answers left cannot continue it",
    }[no.kind]
    return f"{continues}; {cancels}."


def _times(level: Level) -> list[str]:
    said = []
    if level.reminders:
        said.append(
            f"They are reminded after {listed([span_text(one.minutes, one.clock) for one in level.reminders], 'and')}."
        )
    if level.deadline:
        limit = level.deadline
        said.append(
            f"If it is not decided within {span_text(limit.after.minutes, limit.after.clock)}, {AFTER[limit.then]}."
        )
    else:
        said.append("There is no deadline.")
    return said


def span_text(minutes: int, clock: str = "wall") -> str:
    """Such as `2 hours` or `28 hours of business time`: a business day is whatever the calendar says."""
    parts, left = [], minutes
    units = _UNITS if clock == "wall" else _UNITS[1:]
    for size, unit in units:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return listed(parts, "and") + (" of business time" if clock == "business" else "")


def listed(words: Sequence[str], last: str) -> str:
    """`a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
