"""Routes of the pages of flows, runs and events."""

from django.urls import URLPattern, path

from flows.pages import (
    event_send,
    event_types,
    events,
    first_steps,
    flow_actions,
    flow_list,
    flow_pages,
    flow_run,
    home,
    resume_failed,
    run,
    run_actions,
    runs,
)

app_name = "flows"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("first-steps/dismiss/", first_steps.first_steps_dismiss, name="first-steps-dismiss"),
    path("first-steps/demo/", first_steps.first_steps_demo, name="first-steps-demo"),
    path("flows/", flow_list.flow_list, name="flow-list"),
    path("flows/new/", flow_actions.flow_new, name="flow-new"),
    path("flows/<uuid:flow_id>/", flow_pages.flow_editor, name="flow-editor"),
    path("flows/<uuid:flow_id>/runs/", runs.flow_runs, name="flow-runs"),
    path("flows/<uuid:flow_id>/versions/", flow_pages.flow_versions, name="flow-versions"),
    path(
        "flows/<uuid:flow_id>/versions/<int:number>/restore/", flow_actions.flow_restore, name="flow-restore"
    ),
    path("flows/<uuid:flow_id>/settings/", flow_pages.flow_settings, name="flow-settings"),
    path("flows/<uuid:flow_id>/settings/secret/", flow_pages.hook_rotate, name="hook-rotate"),
    path("flows/<uuid:flow_id>/settings/secret/take/", flow_pages.hook_secret, name="hook-secret"),
    path("flows/<uuid:flow_id>/settings/secret/end/", flow_pages.old_secret_end, name="old-secret-end"),
    path("flows/<uuid:flow_id>/export/", flow_pages.flow_export, name="flow-export"),
    path("flows/<uuid:flow_id>/run/", flow_run.flow_run, name="flow-run"),
    path("flows/<uuid:flow_id>/switch/", flow_actions.flow_switch, name="flow-switch"),
    path("flows/<uuid:flow_id>/duplicate/", flow_actions.flow_duplicate, name="flow-duplicate"),
    path("flows/<uuid:flow_id>/delete/", flow_actions.flow_delete, name="flow-delete"),
    path("runs/", runs.run_list, name="run-list"),
    path("runs/resume-failed/", resume_failed.run_resume_failed, name="run-resume-failed"),
    path("runs/<uuid:run_id>/", run.run_detail, name="run-detail"),
    path("runs/<uuid:run_id>/cancel/", run_actions.run_cancel, name="run-cancel"),
    path("runs/<uuid:run_id>/retry/", run_actions.run_retry, name="run-retry"),
    path("runs/<uuid:run_id>/resume/", run_actions.run_resume, name="run-resume"),
    path("runs/<uuid:run_id>/decide/", run_actions.run_decide, name="run-decide"),
    path("events/", events.event_list, name="event-list"),
    path("events/send/", event_send.event_send, name="event-send"),
    path("events/<uuid:event_id>/", events.event_detail, name="event-detail"),
    path("events/types/", event_types.event_type_list, name="event-type-list"),
    path("events/define-type/", event_types.event_type_new, name="event-type-new"),
    path("events/types/<str:name>/", event_types.event_type_detail, name="event-type-detail"),
    path("events/types/<str:name>/edit/", event_types.event_type_edit, name="event-type-edit"),
    path("events/types/<str:name>/delete/", event_types.event_type_delete, name="event-type-delete"),
]
