"""Wrong tokens at the intake are slowed down as they are at the rest of the API, together with those."""

import pytest
from django.core.cache import cache

from accounts.api.throttling import WRONG_TOKENS
from hookflow_site.asgi import application
from tests.flows.api.intake.bodies import event, raw
from tests.flows.api.intake.conftest import Sender
from tests.support.asgi import send

pytestmark = pytest.mark.django_db(transaction=True)


async def test_wrong_tokens_are_slowed_down_and_right_ones_are_not(post: Sender):
    cache.clear()
    wrong = [(b"authorization", b"Bearer hf_00000000_wrong")]
    statuses = []
    for number in range(WRONG_TOKENS + 1):
        path = "/api/v1/me/" if number % 20 == 0 else "/api/v1/events/"
        method = "GET" if path.endswith("me/") else "POST"
        statuses.append((await send(application, method, path, headers=wrong)).status)
    assert statuses == [401] * WRONG_TOKENS + [429]
    answer = await send(application, "POST", "/api/v1/events/", headers=wrong)
    assert (answer.status, answer.problem["code"]) == (429, "too_many_tries")
    assert answer.headers["retry-after"] == "60"
    assert (await post(raw(event()))).status == 202
    cache.clear()
