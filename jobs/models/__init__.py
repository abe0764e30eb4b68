"""The tables of jobs, what they may run, and what became of each."""

from jobs.models.action_settings import ActionSettings
from jobs.models.command import Command, Service
from jobs.models.job import Job
from jobs.models.job_run import JobRun

__all__ = ["ActionSettings", "Command", "Job", "JobRun", "Service"]
