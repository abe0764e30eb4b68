"""Routes of the pages of jobs."""

from django.urls import URLPattern, path

from jobs.pages import action_settings, commands, follow_ups, job_runs, jobs, services

app_name = "jobs"

urlpatterns: list[URLPattern] = [
    path("jobs/", jobs.job_list, name="job-list"),
    path("jobs/new/", jobs.job_new, name="job-new"),
    path("jobs/<uuid:job_id>/", jobs.job_detail, name="job-detail"),
    path("jobs/<uuid:job_id>/edit/", jobs.job_edit, name="job-edit"),
    path("jobs/<uuid:job_id>/launch/", jobs.job_launch, name="job-launch"),
    path("jobs/<uuid:job_id>/switch/", jobs.job_switch, name="job-switch"),
    path("jobs/<uuid:job_id>/delete/", jobs.job_delete, name="job-delete"),
    path("jobs/<uuid:job_id>/on/<str:mode>/", follow_ups.job_follow_ups, name="job-follow-ups"),
    path("job-runs/<uuid:job_run_id>/", job_runs.job_run_detail, name="job-run-detail"),
    path("job-runs/<uuid:job_run_id>/cancel/", job_runs.job_run_cancel, name="job-run-cancel"),
    path("commands/", commands.command_list, name="command-list"),
    path("commands/new/", commands.command_new, name="command-new"),
    path("commands/<int:pk>/", commands.command_edit, name="command-edit"),
    path("commands/<int:pk>/delete/", commands.command_delete, name="command-delete"),
    path("action-settings/", action_settings.action_settings_list, name="action-settings-list"),
    path(
        "action-settings/<str:node_type>/", action_settings.action_settings_edit, name="action-settings-edit"
    ),
    path("services/", services.service_list, name="service-list"),
    path("services/new/", services.service_new, name="service-new"),
    path("services/<int:pk>/", services.service_edit, name="service-edit"),
    path("services/<int:pk>/delete/", services.service_delete, name="service-delete"),
]
