"""Config fields that hold an example as JSON text, and the shape that it gives."""

from typing import Annotated

from pydantic import AfterValidator, Field

from common import strict_json
from flows.sdk.json_types import Json
from flows.sdk.shapes import Shape

MAX_EXAMPLE_CHARACTERS = 65_536


def parsed_example(text: str) -> Json:
    """The value that the example text holds.

    Raises:
        ValueError: the text is no JSON; the message says where.
    """
    try:
        return strict_json.loads(text.encode())
    except strict_json.BadJson as error:
        raise ValueError(f"The example cannot be read. {error}") from error
    except UnicodeEncodeError as error:
        raise ValueError("The example has a character that no text can hold.") from error


def example_shape(text: str) -> Shape:
    """What the example looks like; nothing is known without one."""
    return Shape.from_example(parsed_example(text)) if text.strip() else Shape.anything()


def record_shape(text: str) -> Shape:
    """The shape of a record from its example; an open record without one."""
    return example_shape(text) if text.strip() else Shape.object({}, is_open=True)


def _example(text: str) -> str:
    if text.strip():
        parsed_example(text)
    return text


def _record_example(text: str) -> str:
    if text.strip() and not isinstance(parsed_example(text), dict):
        raise ValueError('Write an object such as {"name": "web-1"}: the root of a record has named fields.')
    return text


ExampleJson = Annotated[str, AfterValidator(_example), Field(max_length=MAX_EXAMPLE_CHARACTERS)]
"""JSON text, or nothing."""

ExampleRecord = Annotated[str, AfterValidator(_record_example), Field(max_length=MAX_EXAMPLE_CHARACTERS)]
"""The JSON text of an object, or nothing."""
