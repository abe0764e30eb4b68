"""Routes of the pages of credentials."""

from django.urls import path

from actions.pages import credentials

app_name = "actions"

urlpatterns = [
    path("credentials/", credentials.credential_list, name="credential-list"),
    path("credentials/new/", credentials.credential_new, name="credential-new"),
    path("credentials/<int:pk>/", credentials.credential, name="credential"),
    path("credentials/<int:pk>/delete/", credentials.credential_delete, name="credential-delete"),
    path("credentials/<int:pk>/test/", credentials.credential_test, name="credential-test"),
    path(
        "credentials/<int:pk>/test/<uuid:errand_id>/", credentials.credential_tested, name="credential-tested"
    ),
]
