"""The things of this app that the audit trail names."""

from accounts.audit_names import Named, register, rows_of
from jobs.models import Command, Job, JobRun, Service


def tell() -> None:
    """Say how jobs, their runs and commands are found."""
    register(
        "job",
        rows_of(Job, lambda job: Named(job.name, is_gone=job.deleted_at is not None), "name", "deleted_at"),
    )
    register("job_run", rows_of(JobRun, lambda run: Named(f"Run of {run.job.name}"), related=("job",)))
    register("command", rows_of(Command, lambda command: Named(command.name), "name"))
    register("service", rows_of(Service, lambda service: Named(service.name), "name"))
