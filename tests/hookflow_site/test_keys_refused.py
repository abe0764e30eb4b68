"""A web process never signs with the fallback that stands in the source."""

import pytest
from django.conf import LazySettings

from hookflow_site.env import BadSetting
from hookflow_site.keys import refuse_without_secret


def test_a_web_process_without_secret_key_refuses_to_start(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_VERSION")
    settings.SECRET_KEY = settings.NO_SECRET_KEY
    with pytest.raises(BadSetting, match="SECRET_KEY is not set"):
        refuse_without_secret()


def test_a_web_process_with_a_secret_key_starts(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_VERSION")
    settings.SECRET_KEY = "a" * 50
    refuse_without_secret()
