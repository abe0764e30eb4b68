"""What Celery runs: wake-ups only. Losing every one of these messages costs a moment and nothing else."""

from celery import shared_task

from flows.runner.bootstep import runner_thread


@shared_task(name="flows.ring", ignore_result=True)
def ring() -> None:
    """Runs are due: wake this worker's runner."""
    runner_thread.ring()
