"""The demo platform loads beside the first admin, and only where it may."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import PlatformSettings
from accounts.services.bootstrap import create_first_admin
from flows.models import Flow


@pytest.mark.django_db
def test_demo_flows_publish_without_a_problem(settings: Any) -> None:
    settings.IS_LOCAL_DEMO = True
    create_first_admin()
    call_command("load_demo")
    flows = Flow.objects.filter(is_demo=True)
    assert flows.count() == 3
    assert all(flow.published_id and flow.is_enabled and flow.tenant_id for flow in flows)
    assert "127.0.0.0/8" in PlatformSettings.load().egress_allowed_networks


@pytest.mark.django_db
def test_loading_the_demo_twice_adds_and_resets_nothing(settings: Any) -> None:
    settings.IS_LOCAL_DEMO = True
    call_command("load_demo")
    flows = set(Flow.objects.values_list("id", "draft_revision", "published_id"))
    PlatformSettings.objects.update(egress_allowed_networks=["10.0.0.0/8"])
    call_command("load_demo")
    assert set(Flow.objects.values_list("id", "draft_revision", "published_id")) == flows
    assert PlatformSettings.load().egress_allowed_networks == ["10.0.0.0/8"]


@pytest.mark.django_db
def test_a_demo_that_ends_gives_its_permission_back_and_keeps_its_rows(settings: Any) -> None:
    settings.IS_LOCAL_DEMO = True
    call_command("load_demo")
    PlatformSettings.objects.update(egress_allowed_networks=["127.0.0.0/8", "10.0.0.0/8", "::1/128"])
    call_command("end_demo")
    assert PlatformSettings.load().egress_allowed_networks == ["10.0.0.0/8"]
    assert Flow.objects.filter(is_demo=True).count() == 3
    PlatformSettings.objects.update(egress_allowed_networks=["127.0.0.0/8"])
    call_command("end_demo")
    assert PlatformSettings.load().egress_allowed_networks == ["127.0.0.0/8"], "a person allowed it since"


@pytest.mark.django_db
def test_demo_is_refused_on_any_other_installation() -> None:
    with pytest.raises(CommandError, match="for local use only"):
        call_command("load_demo")
    assert not Flow.objects.exists()
