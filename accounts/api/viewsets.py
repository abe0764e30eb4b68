"""The base of views over a model: scoped, read by list and id, written by services."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from rest_framework import mixins, viewsets
from rest_framework.response import Response

from accounts.actors import Actor, actor_of
from accounts.api.permissions import Needed

M = TypeVar("M", bound=Model)


class ScopedViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[M]):
    """List and read what the actor can reach; what lies elsewhere is 404 like what does not exist.

    Writes are methods of the subclass: `checked()` reads the body, one service does it, `shown()` answers.
    """

    needs: ClassVar[Mapping[str, Needed]] = {}

    @staticmethod
    def rows(actor: Actor) -> QuerySet[Any]:
        """What the actor can reach; a view names the service that tells it."""
        raise NotImplementedError

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    @property
    def reader(self) -> Actor:
        """The same; while the API is described, nobody asks."""
        return Actor.system() if getattr(self, "swagger_fake_view", False) else self.actor

    def get_queryset(self) -> QuerySet[M]:
        return self.rows(self.reader)

    def checked(self, instance: M | None = None, *, partial: bool = False) -> dict[str, Any]:
        """The body's values, validated; those sent only, if `partial`.

        Raises:
            ValidationError: named by field.
        """
        serializer = self.get_serializer(instance, data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def shown(self, instance: M, status: int = 200) -> Response:
        return Response(self.get_serializer(instance).data, status=status)
