"""Checking the inputs of what is built in."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from flows.sdk import JsonObject, NodeError
from flows.sdk.config_errors import first_fault

M = TypeVar("M", bound="Inputs")


class Inputs(BaseModel):
    """Keyword arguments of the original; those that it does not know it leaves alone, too."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def checked(model: type[M], inputs: JsonObject) -> M:
    """The inputs, typed.

    Raises:
        NodeError: `bad_inputs`, which names the first that is missing or has the wrong form.
    """
    try:
        return model.model_validate(inputs)
    except ValidationError as error:
        name, kind, message = first_fault(error)
        raise NodeError(
            "bad_inputs",
            f"The input {name} is missing."
            if kind == "missing"
            else f"The input {name} cannot be used: {message}.",
            hint=f"It takes: {', '.join(model.model_fields)}.",
            field="inputs",
        ) from error
