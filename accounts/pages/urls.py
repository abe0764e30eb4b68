"""Routes of the accounts pages."""

from django.urls import path

from accounts.pages import (
    audit,
    mailbox,
    notices,
    passwords,
    profile,
    scopes,
    settings,
    sign_in,
    tenants,
    tokens,
    users,
)

app_name = "accounts"

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("profile/", profile.profile, name="profile"),
    path("password/", passwords.password, name="password"),
    path("password/forgotten/", passwords.forgotten, name="forgotten"),
    path("password/forgotten/<int:user_id>/<str:token>/", passwords.set_anew, name="set-anew"),
    path("users/", users.user_list, name="user-list"),
    path("users/new/", users.user_new, name="user-new"),
    path("users/<int:pk>/", users.user_edit, name="user-edit"),
    path("users/<int:pk>/reset-password/", users.user_reset, name="user-reset"),
    path("users/<int:pk>/delete/", users.user_delete, name="user-delete"),
    path("tenants/", tenants.tenant_list, name="tenant-list"),
    path("tenants/new/", tenants.tenant_new, name="tenant-new"),
    path("tenants/<int:pk>/", tenants.tenant_edit, name="tenant-edit"),
    path("tenants/<int:pk>/delete/", tenants.tenant_delete, name="tenant-delete"),
    path("scopes/", scopes.scope_list, name="scope-list"),
    path("scopes/new/", scopes.scope_new, name="scope-new"),
    path("scopes/<int:pk>/", scopes.scope_edit, name="scope-edit"),
    path("scopes/<int:pk>/delete/", scopes.scope_delete, name="scope-delete"),
    path("tokens/", tokens.token_list, name="token-list"),
    path("tokens/new/", tokens.token_new, name="token-new"),
    path("tokens/<int:pk>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("audit/", audit.audit_list, name="audit-list"),
    path("audit/export/", audit.audit_export, name="audit-export"),
    path("mailbox/", mailbox.mail_list, name="mail-list"),
    path("mailbox/<int:pk>/", mailbox.mail_detail, name="mail-detail"),
    path("mailbox/empty/", mailbox.mailbox_empty, name="mailbox-empty"),
    path("notices/", notices.unseen_notices, name="notices"),
    path("notices/seen/", notices.notice_seen, name="notice-seen"),
    path("settings/test-mail/", settings.test_mail, name="test-mail"),
    path("settings/", settings.platform_settings, name="platform-settings"),
]
