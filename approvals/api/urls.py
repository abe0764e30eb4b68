"""Routes of the API of approvals, below `/api/v1/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from approvals.api import deliveries, operations, policies, settings, tasks, workflow

router = SimpleRouter(use_regex_path=False)
router.register("tasks", tasks.TaskViewSet, basename="task")
router.register("deliveries", deliveries.DeliveryViewSet, basename="delivery")
router.register("policies", policies.PolicyViewSet, basename="policy")
router.register("review-groups", policies.GroupViewSet, basename="review-group")
router.register("calendars", policies.CalendarViewSet, basename="calendar")
router.register("delegations", policies.DelegationViewSet, basename="delegation")

urlpatterns = [
    *router.urls,
    path("review-notices/", settings.ReviewNoticesView.as_view(), name="review-notices"),
    path(
        "tenants/<int:pk>/review-notices/",
        settings.TenantReviewNoticesView.as_view(),
        name="tenant-review-notices",
    ),
    path("tenants/<int:pk>/limits/", settings.TenantLimitsView.as_view(), name="tenant-limits"),
    path("workflow/", workflow.WorkflowView.as_view(), name="workflow-settings"),
    path("workflow/secret/", workflow.WorkflowSecretView.as_view(), name="workflow-signing"),
    path("workflow/test/", workflow.WorkflowTestView.as_view(), name="workflow-try"),
    path("tenants/<int:pk>/workflow/", workflow.TenantWorkflowView.as_view(), name="tenant-workflow"),
    path("operations/", operations.OperationsView.as_view(), name="operations"),
    path("server-orders/", operations.ServerOrdersView.as_view(), name="server-orders"),
]
