"""What a trigger's type says of it before it has a config."""

import pytest

from flows.sdk import (
    EventTrigger,
    Kind,
    ManualTrigger,
    NodeConfig,
    NodeMeta,
    TriggerKind,
    TriggerNode,
    TriggerSpec,
    node,
    node_types,
    ui,
)


class OrderConfig(NodeConfig):
    note: str = ui("", label="Note")
    which: str = ui(label="Event type", widget="event-type")


class Order(TriggerNode):
    meta = NodeMeta("order", Kind.TRIGGER, "Order", "Starts.", "bolt")
    Config = OrderConfig
    starts_by = TriggerKind.EVENT

    def listens_to(self, config: OrderConfig) -> TriggerSpec:
        return EventTrigger(config.which)


class Silent(TriggerNode):
    meta = NodeMeta("silent", Kind.TRIGGER, "Silent", "Starts.", "bolt")

    def listens_to(self, config: NodeConfig) -> TriggerSpec:
        return ManualTrigger()


def test_the_field_of_the_event_type_is_the_one_in_which_it_is_chosen():
    assert Order().event_field == "which"
    assert Silent().event_field is None


def test_a_trigger_that_does_not_say_how_it_starts_runs_is_refused():
    with pytest.raises(TypeError, match="set `starts_by`"):
        node(Silent)
    assert "silent" not in node_types
