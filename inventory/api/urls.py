"""Routes of the inventory's API, below `/api/v1/`."""

from rest_framework.routers import SimpleRouter

from inventory.api import views

VIEWS = (
    views.ServerViewSet,
    views.BalanceViewSet,
    views.ChargeViewSet,
    views.PackageViewSet,
    views.TemplateViewSet,
    views.IPv4AddressViewSet,
    views.IPv4RangeViewSet,
    views.IPv6AddressViewSet,
    views.IPv6RangeViewSet,
    views.TagViewSet,
    views.TicketViewSet,
    views.EventLogViewSet,
)

router = SimpleRouter()
for view in VIEWS:
    router.register(f"inventory/{view.table.route}", view, basename=f"inventory-{view.table.route}")

urlpatterns = router.urls
