"""Tasks over the API: what waits for review, and what is said to it."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.api.viewsets import ScopedViewSet
from accounts.roles import Permission, Role
from approvals.api.task_bodies import (
    BulkResultsSerializer,
    BulkSerializer,
    CancelTaskSerializer,
    CommentSerializer,
    DecideTaskSerializer,
    OneTaskSerializer,
    ReassignSerializer,
    SaidSerializer,
    TaskSerializer,
)
from approvals.models import Answer, Task
from approvals.services import talking
from approvals.services.deciding import decide
from approvals.services.filters import TaskFilter
from approvals.services.reading import in_brief, task_of, tasks_in_reach, view_of
from approvals.services.standing_in import stands_in_for
from common.problems import Problem
from flows.api.base import body_of

TAKES_PART = (Permission.request_tasks, Permission.view_tasks)


def way_of(actor: Actor) -> Answer.Way:
    """How what the actor says comes in."""
    return Answer.Way.CONNECTOR if actor.role is Role.connector else Answer.Way.API


class TaskViewSet(ScopedViewSet[Task]):
    """Tasks, newest first."""

    rows = staticmethod(tasks_in_reach)
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    lookup_value_converter = "uuid"
    ordering = ("-created_at", "-id")
    needs = dict.fromkeys(
        (
            *("list", "retrieve", "go_on", "cancel", "bulk"),
            *("comments", "questions", "reassign", "acknowledge"),
        ),
        TAKES_PART,
    )
    """Who is asked about a task is for its policy to say, of whatever role."""

    def get_queryset(self) -> QuerySet[Task]:
        """Without what only one task's answer shows."""
        rows = super().get_queryset()
        return in_brief(rows) if self.action == "list" else rows

    def _task(self) -> Task:
        return task_of(self.actor, self.kwargs["pk"])

    def _one(self, task: Task) -> Response:
        task = task_of(self.actor, task.id)
        context = {"view": view_of(self.actor, task), "absent": stands_in_for(task, self.actor)}
        return Response(OneTaskSerializer(task, context=context).data)

    @extend_schema(responses=OneTaskSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One task: what is asked, its jobs, what was said to it, and what you can do."""
        return self._one(self._task())

    @extend_schema(request=DecideTaskSerializer, responses=OneTaskSerializer)
    @action(detail=True, methods=["post"], url_path="continue")
    def go_on(self, request: Request, pk: str) -> Response:
        """Continue it. Its policy may ask for more answers than yours: `state` tells."""
        return self._decided(request, Answer.Kind.CONTINUE, DecideTaskSerializer)

    @extend_schema(request=CancelTaskSerializer, responses=OneTaskSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel it; an own one whatever its policy says."""
        return self._decided(request, Answer.Kind.CANCEL, CancelTaskSerializer)

    def _decided(self, request: Request, kind: Answer.Kind, serializer: Any) -> Response:
        task = self._task()
        values = body_of(request, serializer)
        way = way_of(self.actor)
        return self._one(decide(actor=self.actor, task_id=task.id, kind=kind, way=way, **values))

    @extend_schema(request=CommentSerializer, responses={201: SaidSerializer})
    @action(detail=True, methods=["post"])
    def comments(self, request: Request, pk: str) -> Response:
        """Say something to it."""
        task = self._task()
        talking.need_part(task, self.actor)
        message = body_of(request, CommentSerializer)["message"]
        said = talking.comment(actor=self.actor, task_id=task.id, message=message, way=way_of(self.actor))
        return Response(SaidSerializer(said).data, status=201)

    @extend_schema(request=CommentSerializer, responses={201: SaidSerializer})
    @action(detail=True, methods=["post"])
    def questions(self, request: Request, pk: str) -> Response:
        """Ask whoever requested it for information; it goes on waiting."""
        task = self._task()
        talking.need_voice(task, self.actor, Answer.Kind.QUESTION)
        message = body_of(request, CommentSerializer)["message"]
        said = talking.ask(actor=self.actor, task_id=task.id, message=message, way=way_of(self.actor))
        return Response(SaidSerializer(said).data, status=201)

    @extend_schema(request=ReassignSerializer, responses=OneTaskSerializer)
    @action(detail=True, methods=["post"])
    def reassign(self, request: Request, pk: str) -> Response:
        """Have others asked in your place."""
        task = self._task()
        talking.reviewer(task, self.actor)
        values = body_of(request, ReassignSerializer)
        return self._one(
            talking.reassign(actor=self.actor, task_id=task.id, way=way_of(self.actor), **values)
        )

    @extend_schema(request=None, responses=OneTaskSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Take note that an operation failed."""
        return self._one(talking.acknowledge(actor=self.actor, task_id=self._task().id))

    @extend_schema(request=BulkSerializer, responses=BulkResultsSerializer)
    @action(detail=False, methods=["post"], pagination_class=None, filterset_class=None)
    def bulk(self, request: Request) -> Response:
        """Continue or cancel up to 100 tasks; each for itself, and each answer says what came of it."""
        values = body_of(request, BulkSerializer)
        kind, message = Answer.Kind(values["decision"]), values["message"]
        results = [self._one_of_many(task_id, kind, message) for task_id in dict.fromkeys(values["tasks"])]
        return Response(BulkResultsSerializer({"results": results}).data)

    def _one_of_many(self, task_id: UUID, kind: Answer.Kind, message: str) -> dict[str, Any]:
        try:
            task = decide(
                actor=self.actor, task_id=task_id, kind=kind, message=message, way=way_of(self.actor)
            )
        except Problem as problem:
            return {"id": task_id, "state": "", "code": problem.code, "detail": problem.message}
        return {"id": task_id, "state": task.state, "code": "", "detail": ""}
