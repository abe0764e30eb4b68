"""What a process refuses at its start."""

import pytest

from hookflow_site.env import BadSetting
from hookflow_site.process import refuse_bare_server


@pytest.mark.parametrize("program", ["/srv/venv/bin/daphne", "/srv/lib/uvicorn/__main__.py", "gunicorn"])
def test_a_server_without_the_bounds_is_refused_with_the_command_that_has_them(program: str) -> None:
    with pytest.raises(BadSetting, match=r"python -m hookflow_site\.web"):
        refuse_bare_server(program)


@pytest.mark.parametrize(
    "program", ["/srv/hookflow_site/web/__main__.py", "manage.py", "", "/srv/daphne/app/manage.py"]
)
def test_other_programs_may_have_the_application(program: str) -> None:
    refuse_bare_server(program)
