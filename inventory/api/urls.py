"""Routes of the inventory's API, below `/api/v1/`: one set for each table."""

from rest_framework.routers import SimpleRouter

from inventory.api.views import VIEWS
from inventory.api.viewsets import viewset_for
from inventory.tables import TABLES

own_views = {view.table: view for view in VIEWS}
router = SimpleRouter()
for table in TABLES:
    view = own_views.get(table) or viewset_for(table)
    router.register(f"inventory/{table.route}", view, basename=f"inventory-{table.route}")

urlpatterns = router.urls
