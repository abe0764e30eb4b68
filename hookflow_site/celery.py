"""The Celery app: it carries wake-ups and starts the runner in each worker. Nothing of record depends on it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hookflow_site.settings")

from celery import Celery, signals  # noqa: E402  # the settings must be named first
from django.conf import settings  # noqa: E402

app = Celery("hookflow")
app.conf.update(
    broker_url=settings.REDIS.kombu_url,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"socket_timeout": 5, "socket_connect_timeout": 2, "visibility_timeout": 3600},
    task_serializer="json",
    accept_content=["json"],
    result_backend=None,
    task_ignore_result=True,
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    timezone="UTC",
    beat_scheduler="celery.beat:Scheduler",
    beat_schedule={"tick": {"task": "flows.tick", "schedule": 1.0, "options": {"expires": 5}}},
    imports=["flows.background"],
)
app.set_default()


@signals.worker_init.connect
def add_runner(sender: object, **kwargs: object) -> None:
    """Every worker carries a runner."""
    from flows.runner.bootstep import RunnerStep

    app.steps["worker"].add(RunnerStep)
