"""Beat alone: it sends one message a second and needs nothing else of hookflow, so it loads nothing else.

With Django and every node it would take three times the memory.
"""

import logging
import os

from celery import Celery, signals

from common.outages import OneLine, Outage
from common.sockets import redis_address
from hookflow_site.celery_options import celery_options
from hookflow_site.env import Env

app = Celery("hookflow", set_as_current=False)
app.conf.update(celery_options(redis_address(Env(os.environ).text("REDIS_URL", "redis://127.0.0.1:6379/0"))))

broker = Outage("beat", "workers look at schedules by themselves")
for name in ("celery.beat", "kombu.connection"):
    logging.getLogger(name).addFilter(OneLine(broker))


@signals.after_task_publish.connect(weak=False)
def broker_answers(sender: object = None, **kwargs: object) -> None:
    """What went out shows that the broker is there."""
    broker.over()
