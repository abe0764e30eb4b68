"""Routes of the inventory's pages."""

from django.urls import path

from inventory.pages import views

app_name = "inventory"

urlpatterns = [
    path("inventory/", views.tables, name="table-list"),
    path("inventory/<slug:route>/", views.rows, name="rows"),
    path("inventory/<slug:route>/<int:pk>/", views.row, name="row"),
]
