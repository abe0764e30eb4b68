"""The tables of approvals."""

from approvals.models.answer import Answer
from approvals.models.policy import BusinessCalendar, Delegation, Policy, ReviewGroup
from approvals.models.task import Task
from approvals.models.task_job import TaskJob

__all__ = ["Answer", "BusinessCalendar", "Delegation", "Policy", "ReviewGroup", "Task", "TaskJob"]
