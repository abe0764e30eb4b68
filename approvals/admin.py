"""Tasks in Django's admin, to look at: they are decided in the queue, which asks their policies."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin_base import ServiceAdmin
from approvals.models import Answer, Task, TaskJob
from approvals.services.blocking import blocks
from inventory.admin import LookOnly


class TaskJobInline(LookOnly):
    model = TaskJob


class AnswerInline(LookOnly):
    model = Answer
    fk_name = "task"


@admin.register(Task)
class TaskAdmin(ServiceAdmin):
    """What waits for review, and what became of it."""

    is_read_only = True
    show_full_result_count = False
    list_display = ("__str__", "review", "state", "what_blocks", "tenant", "requester_name", "created_at")
    list_filter = ("state", "type")
    list_select_related = ("tenant", "server")
    search_fields = ("title", "requester_name", "server__hostname")
    readonly_fields = ("what_blocks", "review")
    inlines = (TaskJobInline, AnswerInline)

    @admin.display(description="What blocks")
    def what_blocks(self, task: Task) -> str:
        """Whose answers are missing."""
        return blocks(task) or "-"

    @admin.display(description="Review")
    def review(self, task: Any) -> SafeString:
        """The way to where it is decided."""
        return format_html('<a href="{}">Open</a>', reverse("approvals:task-detail", args=[task.pk]))
