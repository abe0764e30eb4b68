"""Writing the two files of a new node type: its module and its test."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from string import Template

FOLDERS = {
    "trigger": "triggers",
    "filter": "filters",
    "enricher": "enrichers",
    "action": "actions",
    "control": "control",
}
TYPE_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
TEMPLATES = Path(__file__).parent / "node_templates"


@dataclass(frozen=True, slots=True)
class NewNode:
    """A node type that is to be written.

    Args:
        root: the folder that holds the apps and `tests`.
        app: the app that it goes to; its nodes lie in folders by kind when these exist.
    """

    root: Path
    app: str
    kind: str
    type: str

    @property
    def module(self) -> str:
        """The dotted name of its module."""
        by_kind = self.root / self.app / "nodes" / FOLDERS[self.kind]
        folder = f".{FOLDERS[self.kind]}" if by_kind.is_dir() else ""
        return f"{self.app}.nodes{folder}.{self.type.replace('-', '_')}"

    @property
    def module_path(self) -> Path:
        """Where its module lies."""
        return self.root / Path(*self.module.split(".")).with_suffix(".py")

    @property
    def test_path(self) -> Path:
        """Where its test lies."""
        *folders, name = self.module.split(".")
        return self.root / "tests" / Path(*folders) / f"test_{name}.py"

    def text(self, template: str) -> str:
        """A template with the names of this type filled in."""
        words = self.type.split("-")
        return Template((TEMPLATES / f"{template}.txt").read_text()).substitute(
            type=self.type,
            module=self.module,
            label=" ".join(words).capitalize(),
            cls="".join(word.capitalize() for word in words),
        )

    def write(self) -> None:
        """Write both files.

        Raises:
            ValueError: the name is not kebab case, the app has no nodes, or a file is there already.
        """
        if not TYPE_NAME.fullmatch(self.type):
            raise ValueError(
                f"{self.type!r} is not a type name: write words joined by dashes, as rate-limit."
            )
        if not (self.root / self.app / "nodes").is_dir():
            raise ValueError(f"The app {self.app!r} has no folder nodes.")
        for path in (self.module_path, self.test_path):
            if path.exists():
                raise ValueError(f"{path} is there already.")
        for path, template in ((self.module_path, self.kind), (self.test_path, f"{self.kind}_test")):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text(template))
        _tidy(self.root, self.module_path, self.test_path)


def _tidy(root: Path, *paths: Path) -> None:
    """Sort the imports and fold the lines, which depend on how long the names are. Without ruff they stay."""
    names = [str(path) for path in paths]
    for arguments in (["check", "--quiet", "--fix", "--select", "I"], ["format", "--quiet"]):
        command = [sys.executable, "-m", "ruff", *arguments, *names]
        subprocess.run(command, cwd=root, check=False, stderr=subprocess.DEVNULL)  # noqa: S603  # our own paths
