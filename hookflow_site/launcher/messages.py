"""What the launcher says to the person at the terminal."""

import sys


class Refusal(Exception):
    """hookflow cannot start; the text is one clear sentence."""


def say(text: str, source: str = "hookflow") -> None:
    """Print lines, each with the name of who says it in front."""
    for line in text.splitlines():
        sys.stdout.write(f"{source:>8} | {line}\n")
    sys.stdout.flush()
