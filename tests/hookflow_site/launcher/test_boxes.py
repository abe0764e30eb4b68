"""What the launcher says where nothing keeps commands in."""

import os

import pytest

from hookflow_site.launcher import boxes
from hookflow_site.launcher.boxes import say_confinement


@pytest.mark.parametrize(
    ("tools", "user", "is_let", "is_said"),
    [
        ({"bwrap", "prlimit"}, 1000, False, False),
        ({"setpriv", "prlimit"}, 0, False, False),
        ({"setpriv", "prlimit"}, 1000, False, True),
        ({"bwrap"}, 0, False, True),
        (set(), 1000, False, True),
        (set(), 1000, True, False),
    ],
)
def test_it_is_said_when_commands_would_be_refused(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tools: set[str],
    user: int,
    is_let: bool,
    is_said: bool,
):
    monkeypatch.setattr(boxes, "_is_there", lambda name: name in tools)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    say_confinement(is_let)
    assert ("apt-get install bubblewrap" in capsys.readouterr().out) == is_said


def test_it_looks_where_commands_are_looked_for():
    from common.programs import confinement

    assert boxes.TOOLS == confinement._TOOLS
