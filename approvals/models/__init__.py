"""The tables of approvals."""

from approvals.models.answer import Answer
from approvals.models.application import Application, ApplicationToken, UsedNonce
from approvals.models.asked import Asked
from approvals.models.connector import Delivery, DeliveryTry
from approvals.models.limits import TenantLimits
from approvals.models.notice import DecisionLink, News, Notice, NoticeSettings
from approvals.models.policy import BusinessCalendar, Delegation, Policy, ReviewGroup
from approvals.models.task import Task
from approvals.models.task_job import TaskJob
from approvals.models.workflow import TenantWorkflow, WorkflowSettings

__all__ = [
    "Answer",
    "Application",
    "ApplicationToken",
    "Asked",
    "BusinessCalendar",
    "DecisionLink",
    "Delegation",
    "Delivery",
    "DeliveryTry",
    "News",
    "Notice",
    "NoticeSettings",
    "Policy",
    "ReviewGroup",
    "Task",
    "TaskJob",
    "TenantLimits",
    "TenantWorkflow",
    "UsedNonce",
    "WorkflowSettings",
]
