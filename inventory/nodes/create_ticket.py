"""Create ticket."""

from collections.abc import Mapping

from flows.sdk import (
    Emit,
    FieldPath,
    Json,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeMeta,
    Record,
    Shape,
    TemplateInteger,
    TemplateText,
    node,
    ui,
    with_value,
)
from flows.sdk.summaries import joined
from inventory.models import Ticket
from inventory.node_support import acting, needed_number, told_as_node_error
from inventory.services.effects import once
from inventory.services.tickets import create_ticket


class CreateTicketConfig(NodeConfig):
    """What the ticket says."""

    title: TemplateText = ui(label="Title", placeholder="Server {{ hostname }} is low on disk")
    priority: Ticket.Priority = ui(
        Ticket.Priority.normal, label="Priority", widget="select", choices=dict(Ticket.Priority.choices)
    )
    creator_id: TemplateInteger = ui(
        label="Creator ID", help="The user who will be the author of the ticket.", placeholder="{{ userid }}"
    )
    content: TemplateText = ui(
        label="Content", help="The first message of the ticket.", widget="textarea", placeholder="Hello, …"
    )
    as_field: FieldPath | None = ui(
        None, label="As field", help="Where the new ticket is saved. Optional.", placeholder="ticket"
    )


@node
class CreateTicket(Node):
    """Opens a ticket, once however often the step is repeated."""

    meta = NodeMeta(
        type="create-ticket",
        kind=Kind.ACTION,
        label="Create ticket",
        summary="Open a ticket for a user.",
        icon="ticket",
        unset="No title",
        durable=True,
        blocking=True,
    )
    Config = CreateTicketConfig

    def summary(self, config: CreateTicketConfig) -> str:
        return joined(config.title)

    def fields(self, config: CreateTicketConfig, upstream: Shape) -> Mapping[str, Shape]:
        """The record, with the ticket when a field for it is named."""
        if not config.as_field:
            return {"out": upstream}
        ticket = {
            "id": Shape.integer("Id of the ticket"),
            "title": Shape.string("Title"),
            "priority": Shape.string("low, normal, high or urgent"),
        }
        return {"out": upstream.with_field(config.as_field, Shape.object(ticket, "The ticket"))}

    def run(self, ctx: NodeContext, config: CreateTicketConfig, record: Record) -> Emit:
        """Open the ticket.

        Raises:
            NodeError: `unknown_user`, `invalid`, `not_a_number`.
        """
        with told_as_node_error():
            ticket = once(ctx.idempotency_key, lambda: _create(ctx, config))
        ctx.log.info(f"Ticket {ticket['id']}: {ticket['title']}")
        return Emit("out", with_value(record, config.as_field, ticket) if config.as_field else record)

    def preview(self, config: CreateTicketConfig, record: Record) -> Json:
        return {"create_ticket": config.model_dump(exclude={"as_field"})}

    def dry_run_result(self, config: CreateTicketConfig, record: Record) -> Emit:
        """Goes on as if the ticket had been opened."""
        ticket = {"id": 1, "title": config.title, "priority": config.priority}
        return Emit("out", with_value(record, config.as_field, ticket) if config.as_field else record)


def _create(ctx: NodeContext, config: CreateTicketConfig) -> JsonObject:
    ticket = create_ticket(
        actor=acting(ctx),
        title=config.title,
        priority=config.priority,
        creator_id=needed_number(config.creator_id, "creator_id"),
        content=config.content,
    )
    return {"id": ticket.pk, "title": ticket.title, "priority": ticket.priority}
