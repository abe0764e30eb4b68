"""Routes of the pages of tasks and policies."""

from django.urls import URLPattern, path

from approvals.pages import limits, links, operations, policy_urls, queue, settings, tasks, workflow

app_name = "approvals"

urlpatterns: list[URLPattern] = [
    path("servers/<int:pk>/operations/", operations.operations, name="operations"),
    *(
        path(
            f"servers/<int:pk>/operations/{kind}/",
            operations.operation_ask,
            {"kind": kind},
            name=f"operation-{kind}",
        )
        for kind in ("deploy", "reconfigure", "undeploy")
    ),
    path("tenants/<int:pk>/limits/", limits.tenant_limits, name="tenant-limits"),
    path("my/servers/new/", operations.order, name="order"),
    path("reviews/", queue.queue_page, name="queue"),
    path("reviews/decide/", queue.decide_many, name="decide"),
    path("reviews/own/", queue.own_tasks, name="own-tasks"),
    path("reviews/figures/", settings.figures, name="figures"),
    path("reviews/telling/", settings.telling, name="telling"),
    path("reviews/workflow/", workflow.workflow_page, name="workflow"),
    path("reviews/workflow/test/", workflow.workflow_test, name="workflow-test"),
    path("reviews/workflow/secret/", workflow.workflow_secret, name="workflow-secret"),
    path("reviews/deliveries/<uuid:delivery_id>/again/", workflow.redeliver, name="redeliver"),
    path("reviews/<uuid:task_id>/", tasks.task_detail, name="task-detail"),
    path("reviews/<uuid:task_id>/decide/", tasks.task_decide, name="task-decide"),
    path("reviews/<uuid:task_id>/say/", tasks.task_say, name="task-say"),
    path("reviews/<uuid:task_id>/reassign/", tasks.task_reassign, name="task-reassign"),
    path("reviews/<uuid:task_id>/acknowledge/", tasks.task_acknowledge, name="task-acknowledge"),
    path("reviews/by-mail/<str:token>/<str:answer>/", links.link_page, name="link"),
    *policy_urls.urlpatterns,
]
