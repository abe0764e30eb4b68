"""The template of what a flow's runs are called."""

from dataclasses import replace

from flows.compiler.findings import Finding
from flows.compiler.references import check_templates
from flows.expressions.errors import TemplateError
from flows.expressions.slots import CompiledSlot, compile_slot
from flows.sdk.config import Slot
from flows.sdk.fields import Suggestions
from flows.sdk.shapes import Shape

FIELD = "settings.subject"


def compile_subject(source: str, payload: Shape) -> tuple[CompiledSlot | None, list[Finding]]:
    """The template, None without one, and what is wrong with it.

    A field that the payload may lack is a warning: the run then takes its subject from the payload's own names.
    """
    if not source:
        return None, []
    try:
        compiled = compile_slot(Slot.TEXT, source)
    except TemplateError as error:
        span = (error.start, error.end)
        return None, [Finding(error.code, error.message, hint=error.hint, field=FIELD, span=span)]
    found = check_templates(None, FIELD, compiled.references, payload, Suggestions())
    return compiled, [replace(problem, severity="warning") for problem in found]
