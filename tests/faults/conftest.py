"""An installation of processes, and a server that writes down what reaches it."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.faults.platform import Platform
from tests.faults.sink import Sink
from tests.support.plugin import private_postgres


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    yield server
    server.stop()


@pytest.fixture
def platform() -> Iterator[Platform]:
    is_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    url = private_postgres().create_database("hookflow_faults") if is_postgres else None
    made = Platform(url)
    yield made
    made.stop()
    if is_postgres:
        private_postgres().drop_database("hookflow_faults")
