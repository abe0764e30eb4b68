"""Load tags: add the tags of a thing."""

from collections.abc import Mapping

from flows.sdk import (
    Emit,
    FieldPath,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeMeta,
    Record,
    Shape,
    node,
    ui,
    with_value,
)
from flows.sdk.summaries import joined, label_of
from inventory.models import ResourceType
from inventory.node_support import acting, needed_number, read, told_as_node_error
from inventory.services.tags import tags_of

TAG_SHAPE = Shape.object(
    {
        "id": Shape.integer("Id of the tag"),
        "name": Shape.string("The word"),
        "color": Shape.string("Colour as #rrggbb"),
    }
)


class LoadTagsConfig(NodeConfig):
    """Whose tags."""

    resource_type: ResourceType = ui(
        ResourceType.server,
        label="For",
        help="What kind of thing the tags are on.",
        widget="select",
        choices=dict(ResourceType.choices),
    )
    input_field: FieldPath = ui("id", label="Input field", help="The field with its id.", placeholder="id")
    as_field: FieldPath = ui("tags", label="As field", help="Where the tags are saved.", placeholder="tags")


@node
class LoadTags(Node):
    """Adds a list of tags, by name; an empty one when there are none."""

    meta = NodeMeta(
        type="load-tags",
        kind=Kind.ENRICHER,
        label="Load tags",
        summary="Add the tags of a server, a user or another thing.",
        icon="tags",
        unset="No field chosen",
        blocking=True,
    )
    Config = LoadTagsConfig

    def summary(self, config: LoadTagsConfig) -> str:
        return joined(label_of(config, "resource_type"), config.input_field, "→", config.as_field)

    def fields(self, config: LoadTagsConfig, upstream: Shape) -> Mapping[str, Shape]:
        return {"out": upstream.with_field(config.as_field, Shape.array(TAG_SHAPE, "Tags"))}

    def run(self, ctx: NodeContext, config: LoadTagsConfig, record: Record) -> Emit:
        """Look the tags up, in reach of the run's tenant alone.

        Raises:
            NodeError: `missing_field`, `not_a_number`.
        """
        given = read(record, config.input_field, config_field="input_field")
        ids = [needed_number(value, "input_field") for value in given.values if value is not None]
        with told_as_node_error():
            found = tags_of(config.resource_type, ids, actor=acting(ctx))
        tags = [{"id": tag.pk, "name": tag.name, "color": tag.color} for tag in found]
        return Emit("out", with_value(record, config.as_field, tags))
