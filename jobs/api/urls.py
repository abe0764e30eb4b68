"""Routes of the API of jobs, below `/api/v1/`."""

from rest_framework.routers import SimpleRouter

from jobs.api import views

router = SimpleRouter(use_regex_path=False)
router.register("jobs", views.JobViewSet, basename="job")
router.register("job-runs", views.JobRunViewSet, basename="job-run")
router.register("commands", views.CommandViewSet, basename="command")

urlpatterns = router.urls
