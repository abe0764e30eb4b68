"""Beat alone: it sends one message a second and needs nothing else of hookflow, so it loads nothing else.

With Django and every node it would take three times the memory.
"""

import os

from celery import Celery

from common.sockets import redis_address
from hookflow_site.celery_options import celery_options
from hookflow_site.env import Env

app = Celery("hookflow", set_as_current=False)
app.conf.update(celery_options(redis_address(Env(os.environ).text("REDIS_URL", "redis://127.0.0.1:6379/0"))))
