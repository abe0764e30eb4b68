"""`python -m hookflow_site.worker [NAME]`: a Celery worker, without Celery's command line.

What that imports would be a tenth of each start, and so of the time until runs of a killed worker go on.
"""

import gc
import sys


def main(name: str = "celery") -> int:
    """Work until told to stop; the exit code."""
    gc.disable()  # until all is loaded: nothing of it is garbage
    from hookflow_site.celery import app

    class Worker(app.Worker):  # type: ignore[name-defined, misc]
        def set_process_status(self, info: str) -> None:
            """It keeps the name under which it was started."""

    # Several workers share one machine and one queue; what they would tell one another is of no use here.
    alone = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
    worker = Worker(hostname=f"{name}@%h", loglevel="WARNING", quiet=True, **alone)
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
