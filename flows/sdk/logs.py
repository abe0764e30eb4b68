"""What all logs of steps have in common."""

from common.programs.spec import Stream


class LineLog:
    """A `NodeLog` that says in one place what becomes of a line."""

    __slots__ = ()

    def add(self, level: str, text: str) -> None:
        """Take a line. `level`: `debug`, `info`, `warning`, `error`, `stdout` or `stderr`."""
        raise NotImplementedError

    def debug(self, text: str) -> None:
        """A detail for whoever looks for a fault."""
        self.add("debug", text)

    def info(self, text: str) -> None:
        """Something that happened."""
        self.add("info", text)

    def warning(self, text: str) -> None:
        """Something to look at that did not stop the step."""
        self.add("warning", text)

    def error(self, text: str) -> None:
        """Something that went wrong."""
        self.add("error", text)

    def output(self, stream: Stream, text: str) -> None:
        """A line that a program wrote."""
        self.add(stream, text)
