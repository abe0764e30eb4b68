import pytest

from tests.support.packages import Packages

pytestmark = pytest.mark.django_db


def test_those_who_may_edit_flows_are_told(packages: Packages, editor):
    packages.install("acme", bad="1 / 0")
    told = editor.get("/api/v1/broken-modules/").json()
    assert told == [{"module": "acme.bad", "package": "acme", "error": "ZeroDivisionError: division by zero"}]
