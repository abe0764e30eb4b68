"""Routes of the inventory's pages."""

from django.urls import path

from inventory.pages import editing, own, views

app_name = "inventory"

urlpatterns = [
    path("inventory/", views.tables, name="table-list"),
    path("inventory/<slug:route>/", views.rows, name="rows"),
    path("inventory/<slug:route>/new/", editing.create, name="create"),
    path("inventory/<slug:route>/<int:pk>/", views.row, name="row"),
    path("inventory/<slug:route>/<int:pk>/edit/", editing.edit, name="edit"),
    path("inventory/<slug:route>/<int:pk>/delete/", editing.delete, name="delete"),
    path("inventory/servers/<int:pk>/status/", editing.status, name="server-status"),
    path("inventory/tickets/<int:pk>/messages/", editing.message, name="ticket-message"),
    path("my/servers/", own.server_list, name="own-server-list"),
    path("my/servers/<int:pk>/", own.server, name="own-server"),
    path("my/balance/", own.balance, name="own-balance"),
    path("my/tickets/", own.ticket_list, name="own-ticket-list"),
    path("my/tickets/new/", own.ticket_new, name="own-ticket-new"),
    path("my/tickets/<int:pk>/", own.ticket, name="own-ticket"),
]
