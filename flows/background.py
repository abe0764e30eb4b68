"""What Celery runs: wake-ups only. Losing every one of these messages costs a moment and nothing else."""

from celery import shared_task

from flows.runner.bootstep import runner_thread
from flows.services.schedules import fire_due


@shared_task(name="flows.ring", ignore_result=True)
def ring() -> None:
    """Runs are due: wake this worker's runner."""
    runner_thread.ring()


@shared_task(name="flows.tick", ignore_result=True)
def tick() -> None:
    """Beat's second has come: fire due ticks without waiting for the runner's own sweep."""
    fire_due()
