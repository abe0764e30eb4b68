"""Runs over the API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import idempotent
from accounts.api.viewsets import ScopedViewSet
from accounts.roles import Permission
from common.problems import bad_value
from flows.api.answers import LogsSerializer, ResumedSerializer, StepsSerializer
from flows.api.base import body_of
from flows.api.one_run import OneRunSerializer
from flows.api.renderers import document_response
from flows.api.serializers import (
    DecideSerializer,
    RetrySerializer,
    RunSerializer,
)
from flows.api.waits import ContinueSerializer
from flows.models import Run
from flows.services import run_reading, runs, waits
from flows.services.filters import RunFilter
from flows.services.resume_failed import resume_failed
from flows.services.summaries import summaries_of_stored


class RunViewSet(ScopedViewSet[Run]):
    """Runs, newest first."""

    rows = staticmethod(run_reading.joined)
    serializer_class = RunSerializer
    filterset_class = RunFilter
    lookup_value_converter = "uuid"
    needs = {
        "list": Permission.view,
        "retrieve": Permission.view,
        "steps": Permission.view,
        "logs": Permission.view,
        "download": Permission.view,
        "cancel": Permission.run_flows,
        "retry": Permission.run_flows,
        "resume": Permission.run_flows,
        "resume_failed": Permission.run_flows,
        "decide": Permission.run_flows,
        "go_on": Permission.run_flows,
    }

    def _run(self, pk: str) -> Run:
        return run_reading.run_for(self.actor, pk)

    @extend_schema(responses=OneRunSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One run, what it waits for, and the runs that caused one another up to it."""
        run = self._run(pk)
        causes = run_reading.causes_of(run, self.actor)
        return Response(OneRunSerializer(run, context={"causes": causes}).data)

    @extend_schema(responses=StepsSerializer)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def steps(self, request: Request, pk: str) -> Response:
        """The steps in order, each with input, output and error, and the drawing that was run."""
        run = self._run(pk)
        document = run.version.document
        answer = {
            "results": run_reading.steps_of(run),
            "document": document,
            "summaries": summaries_of_stored(document),
        }
        return Response(StepsSerializer(answer).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("after", int, description="Lines behind this place."),
            OpenApiParameter("level", str, enum=list(run_reading.LEVELS), description="At least this level."),
            OpenApiParameter("q", str, description="Lines that hold this text."),
        ],
        responses=LogsSerializer,
    )
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def logs(self, request: Request, pk: str) -> Response:
        """Up to 1,000 log lines: `{results, next}`; ask again with `after=next` while it is not null."""
        run, params = self._run(pk), request.query_params
        lines = run_reading.logs_of(
            run,
            after=place_after(params.get("after", "0")),
            level=_level(params),
            text=params.get("q", "")[:200],
        )
        last = lines[-1].seq if len(lines) == run_reading.MOST_LINES else None
        return Response(LogsSerializer({"results": lines, "next": last}).data)

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    @action(
        detail=True, methods=["get"], url_path="logs/download", pagination_class=None, filterset_class=None
    )
    def download(self, request: Request, pk: str) -> Response:
        """The whole log as a text file."""
        run = self._run(pk)
        raw = run_reading.log_text(run).encode()
        return document_response(raw, f"run-{run.id}.log", "text/plain; charset=utf-8")

    @extend_schema(request=None, responses=RunSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop the run; one at work stops within seconds."""
        return self.shown(runs.cancel_run(actor=self.actor, run=self._run(pk)))

    @extend_schema(request=RetrySerializer, responses={202: RunSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def retry(self, request: Request, pk: str) -> Response:
        """Run the event again from the start, in a new run."""
        run, values = self._run(pk), body_of(request, RetrySerializer)
        again = runs.retry_run(actor=self.actor, run=run, version=values["version"])
        return self.shown(self._run(str(again.id)), 202)

    @extend_schema(request=None, responses={202: RunSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def resume(self, request: Request, pk: str) -> Response:
        """Go on from the step that failed, in a new run."""
        again = runs.resume_run(actor=self.actor, run=self._run(pk))
        return self.shown(self._run(str(again.id)), 202)

    @extend_schema(request=None, responses={202: ResumedSerializer})
    @action(detail=False, methods=["post"], url_path="resume-failed", pagination_class=None)
    def resume_failed(self, request: Request) -> Response:
        """Resume the oldest failed runs that the filters leave, at most 200 a call.

        Runs that were resumed or repeated before are left out, so that calling it again only goes on.

        Raises:
            Problem: 400 `filters_in_body`: left unheard, they would resume what was not meant.
        """
        if request.data:
            raise bad_value(
                "filters_in_body",
                "This takes no body: filters stand in the address.",
                hint="Call …/resume-failed/?flow=<id>, as for the list of runs.",
            )
        done = resume_failed(actor=self.actor, runs=self.filter_queryset(self.get_queryset()))
        return Response(ResumedSerializer(done).data, 202)

    @extend_schema(request=DecideSerializer, responses=RunSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Say what happens to a step whose worker died in the middle of it."""
        run, values = self._run(pk), body_of(request, DecideSerializer)
        return self.shown(runs.decide_interrupted(actor=self.actor, run=run, **values))

    @extend_schema(request=ContinueSerializer, responses=RunSerializer)
    @action(detail=True, methods=["post"], url_path="continue")
    def go_on(self, request: Request, pk: str) -> Response:
        """Let a step that waits go on before its time, where its node allows that."""
        run, values = self._run(pk), body_of(request, ContinueSerializer)
        return self.shown(waits.answer_wait(actor=self.actor, run=run, **values))


def place_after(raw: str) -> int:
    """Read `after`, the place behind which lines are asked for.

    Raises:
        Problem: 400 `bad_after`.
    """
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 9):
        raise bad_value("bad_after", "after is a whole number from 0.", field="after")
    return int(raw)


def _level(params: Any) -> str:
    level = str(params.get("level", "debug"))
    if level not in run_reading.LEVELS:
        raise bad_value("bad_level", f"level is one of {', '.join(run_reading.LEVELS)}.", field="level")
    return level
