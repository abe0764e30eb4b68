"""The renderer for `flows.sdk.testing`: `run_node(MyNode, config, record, render=render)` fills in templates."""

from flows.expressions import compile_config
from flows.sdk import JsonObject, Node, NodeConfig, Record


def render(cls: type[Node], config: JsonObject, record: Record) -> NodeConfig:
    """The config with its templates filled in from the record, as the engine does it.

    Raises:
        pydantic.ValidationError: the config does not fit the node type.
        flows.expressions.ConfigError: templates are wrong.
        NodeError: a template cannot be filled in.
    """
    return compile_config(cls, config).render(record)
