"""Routes of the pages of policies, groups, calendars and delegations."""

from django.urls import URLPattern, path

from approvals.pages import calendars, delegations, groups, policies

urlpatterns: list[URLPattern] = [
    path("policies/", policies.policy_list, name="policy-list"),
    path("policies/new/", policies.policy_new, name="policy-new"),
    path("policies/<int:pk>/", policies.policy_edit, name="policy-edit"),
    path("policies/<int:pk>/delete/", policies.policy_delete, name="policy-delete"),
    path("review-groups/", groups.group_list, name="group-list"),
    path("review-groups/new/", groups.group_new, name="group-new"),
    path("review-groups/<int:pk>/", groups.group_edit, name="group-edit"),
    path("review-groups/<int:pk>/delete/", groups.group_delete, name="group-delete"),
    path("calendars/", calendars.calendar_list, name="calendar-list"),
    path("calendars/new/", calendars.calendar_new, name="calendar-new"),
    path("calendars/<int:pk>/", calendars.calendar_edit, name="calendar-edit"),
    path("calendars/<int:pk>/delete/", calendars.calendar_delete, name="calendar-delete"),
    path("delegations/", delegations.delegation_list, name="delegation-list"),
    path("delegations/<int:pk>/end/", delegations.delegation_end, name="delegation-end"),
]
