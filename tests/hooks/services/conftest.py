"""A hooks file that workers follow."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from hooks.services import file_looking
from tests.hooks.services.followed import Write


@pytest.fixture
def path(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "hooks.conf"
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOKS_FILE": str(found), "HOOKS_ONLY_FIRST": False}
    monkeypatch.setattr(file_looking, "SETTLED_SECONDS", 0)
    monkeypatch.setattr(file_looking, "EMPTY_SECONDS", 0)
    return found


@pytest.fixture
def write(path: Path) -> Write:
    def put(text: str | bytes) -> None:
        fresh = path.with_suffix(".new")
        fresh.write_bytes(text.encode() if isinstance(text, str) else text)
        fresh.replace(path)

    return put
