"""The policy of the way out is what the environment and the platform admin allow together."""

import pytest
from django.conf import LazySettings

from accounts.apps import allowed_by_the_platform
from accounts.models import PlatformSettings
from common.egress import EgressError


@pytest.mark.django_db
def test_networks_of_environment_and_platform_are_allowed(settings: LazySettings) -> None:
    settings.HOOKFLOW = {**settings.HOOKFLOW, "EGRESS_ALLOWED_NETWORKS": ["10.1.0.0/16"]}
    row = PlatformSettings.load()
    row.egress_allowed_networks = ["10.2.0.0/16"]
    row.save()
    policy = allowed_by_the_platform()
    policy.check("10.1.0.1", 5432)
    policy.check("10.2.0.1", 5432)
    with pytest.raises(EgressError):
        policy.check("10.3.0.1", 80)
