"""What is wrong with a template, and where in it."""

from common.failure import Failure


class TemplateError(Failure):
    """A template cannot be compiled.

    Args:
        start, end: the characters at fault, as offsets into the source.
        line, column: the same start for people, both counted from 1.
        path: where in a JSON value the template stands, dotted; empty for a plain text.
    """

    def __init__(
        self, code: str, message: str, hint: str = "", *, start: int = 0, end: int | None = None
    ) -> None:
        super().__init__(code, message, hint=hint)
        self.start = start
        self.end = start + 1 if end is None else end
        self.line = 1
        self.column = start + 1
        self.path = ""

    def locate(self, source: str) -> "TemplateError":
        """Work out line and column in the whole source."""
        before = source[: self.start]
        self.line = before.count("\n") + 1
        self.column = self.start - (before.rfind("\n") + 1) + 1
        self.end = min(self.end, len(source))
        return self
