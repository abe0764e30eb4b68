"""How pages show tasks, and what was said to them."""

from typing import Any

from django import template

from approvals.models import Answer, Task, TaskJob
from approvals.services.notice_texts import called, shown

register = template.Library()
register.filter("called", called)
register.filter("in_a_line", shown)

STATE_COLOURS = {
    Task.State.QUEUEING: "yellow",
    Task.State.PENDING: "azure",
    Task.State.STARTED: "blue",
    Task.State.FINISHED_SUCCESSFULLY: "green",
    Task.State.FINISHED_UNSUCCESSFULLY: "red",
    Task.State.ABORTED: "secondary",
    Task.State.CANCELLED: "secondary",
    Task.State.ACK_ERROR: "orange",
}
ANSWER_VERBS = {
    Answer.Kind.CONTINUE: "says continue",
    Answer.Kind.CANCEL: "says cancel",
    Answer.Kind.COMMENT: "wrote",
    Answer.Kind.QUESTION: "asked for information",
    Answer.Kind.REASSIGN: "handed it over",
    Answer.Kind.ESCALATE: "asks others",
    Answer.Kind.REMIND: "reminded those who are asked",
}
ANSWER_ICONS = {
    Answer.Kind.CONTINUE: ("check", "text-green"),
    Answer.Kind.CANCEL: ("x", "text-red"),
    Answer.Kind.COMMENT: ("note", "text-secondary"),
    Answer.Kind.QUESTION: ("help-circle", "text-blue"),
    Answer.Kind.REASSIGN: ("user-plus", "text-blue"),
    Answer.Kind.ESCALATE: ("trending-up", "text-orange"),
    Answer.Kind.REMIND: ("bell", "text-orange"),
}
JOB_WORDS = {
    TaskJob.Type.SCHEDULE: "Checks limits and kept addresses",
    TaskJob.Type.CONFIGURE: "Gives it its addresses, and makes or sizes the machine",
    TaskJob.Type.POWER_ON: "Switches it on",
    TaskJob.Type.POWER_OFF: "Switches it off",
    TaskJob.Type.UPDATE_RESOURCES: "Checks the limits",
    TaskJob.Type.RECONFIGURE: "Changes the machine",
    TaskJob.Type.REGISTER_VM: "Writes the new values down",
    TaskJob.Type.DECONFIGURE: "Ends its deployment",
    TaskJob.Type.FREE_RESOURCES: "Gives its addresses back",
}


@register.inclusion_tag("approvals/parts/state_badge.html")
def task_badge(task: Task) -> dict[str, Any]:
    """Where a task stands, as a coloured word with a dot."""
    return {
        "state": task.state,
        "label": task.get_state_display(),
        "colour": STATE_COLOURS[Task.State(task.state)],
    }


@register.filter
def job_words(job: TaskJob) -> str:
    """What a job does; why its rollback failed, where it did."""
    return (
        job.description if job.rollback_state == TaskJob.State.FAILED else JOB_WORDS[TaskJob.Type(job.type)]
    )


@register.filter
def job_state(job: TaskJob) -> str:
    """Where a job stands, and its rollback, such as `Failed, rollback done`."""
    state, rollback = (one.lower().replace("_", " ") for one in (job.state, job.rollback_state))
    if job.rollback_state == TaskJob.State.UNKNOWN:
        return state.capitalize()
    return f"{state.capitalize()}, rollback {rollback.removeprefix('rollback ')}"


@register.filter
def answer_icon(answer: Answer) -> str:
    """The icon of what was said."""
    return ANSWER_ICONS[Answer.Kind(answer.kind)][0]


@register.filter
def answer_verb(answer: Answer) -> str:
    """What was said, after the name of who said it."""
    return ANSWER_VERBS[Answer.Kind(answer.kind)]


@register.filter
def answer_colour(answer: Answer) -> str:
    return ANSWER_ICONS[Answer.Kind(answer.kind)][1]


@register.filter
def item(values: dict[str, Any], name: str) -> Any:
    """A value by its name; an empty text when there is none."""
    return values.get(name, "")
