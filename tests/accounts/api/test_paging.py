"""Lists come in pages."""

import pytest

from accounts.models import Tenant, User


@pytest.fixture
def hundred_tenants(db: None) -> None:
    Tenant.objects.bulk_create([Tenant(name=f"T{n}", slug=f"t{n}") for n in range(100)])


def test_pages_follow_one_another_without_gap_or_repeat(api, platform_admin: User, hundred_tenants: None):
    client = api(platform_admin)
    url, names, pages = "/api/v1/tenants/?page_size=30", [], 0
    while url:
        page = client.get(url).json()
        assert set(page) == {"next", "previous", "results"}
        names += [row["name"] for row in page["results"]]
        url, pages = page["next"], pages + 1
    assert pages == 4
    assert sorted(names) == sorted(f"T{n}" for n in range(100))


@pytest.mark.parametrize("size", ["0", "201", "-1", "1e2", ""])
def test_a_page_size_out_of_bounds_is_refused(api, platform_admin: User, size: str):
    answer = api(platform_admin).get(f"/api/v1/tenants/?page_size={size}")
    assert answer.status_code == 400
    assert answer.json()["field"] == "page_size"


@pytest.mark.parametrize("path", ["tenants", "users", "tokens", "audit"])
def test_lists_take_a_fixed_number_of_queries(
    api, platform_admin: User, path: str, hundred_tenants: None, django_assert_num_queries
):
    client = api(platform_admin)
    with django_assert_num_queries(3):  # the session, its user, the page
        assert client.get(f"/api/v1/{path}/").status_code == 200
