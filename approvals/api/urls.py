"""Routes of the API of approvals, below `/api/v1/`."""

from rest_framework.routers import SimpleRouter

from approvals.api import policies, tasks

router = SimpleRouter(use_regex_path=False)
router.register("tasks", tasks.TaskViewSet, basename="task")
router.register("policies", policies.PolicyViewSet, basename="policy")
router.register("review-groups", policies.GroupViewSet, basename="review-group")
router.register("calendars", policies.CalendarViewSet, basename="calendar")
router.register("delegations", policies.DelegationViewSet, basename="delegation")

urlpatterns = [*router.urls]
