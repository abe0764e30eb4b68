"""The Celery app: each of its workers carries a runner. Nothing of record depends on its broker."""

import logging
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hookflow_site.settings")

from celery import Celery, bootsteps, signals  # the settings must be named first
from django.conf import settings

from common.outages import OneLine, Outage
from hookflow_site.process import begin_to_serve as serve

app = Celery("hookflow")
app.conf.update(
    broker_url=settings.REDIS.kombu_url,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"socket_timeout": 5, "socket_connect_timeout": 2},
    accept_content=["json"],
    worker_pool="threads",
    worker_concurrency=settings.WORKER_THREADS,
    worker_hijack_root_logger=False,
    timezone="UTC",
)


broker = Outage("worker", "it looks at the queue by itself")


class BrokerAnswers(bootsteps.StartStopStep):
    """Comes after each connection that was made: at the start, and when the broker is back."""

    requires = ("celery.worker.consumer.connection:Connection",)

    def start(self, parent: object) -> None:
        broker.over()


@signals.worker_init.connect
def add_runner(sender: object, **kwargs: object) -> None:
    """Every worker carries a runner."""
    from flows.runner.bootstep import RunnerStep

    for name in ("celery.worker.consumer.consumer", "celery.worker.consumer.connection", "kombu.connection"):
        logging.getLogger(name).addFilter(OneLine(broker))

    app.steps["worker"].add(RunnerStep)
    app.steps["consumer"].add(BrokerAnswers)


@signals.worker_ready.connect
def begin_to_serve(sender: object, **kwargs: object) -> None:
    """All that a worker needs is loaded by now."""
    serve()
