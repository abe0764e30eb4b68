"""JSON Schema of strangers: a bounded subset, and a check that is one walk with a work budget.

How large a schema is counts after its references are followed, so that none grows past its bound by referring to the
same thing twice at each level. Checking a payload visits each of its values once for each subschema that applies to
it, pays before each visit, and reports from the same walk.
"""

from flows.sdk.schema.bounds import MAX_SUBSCHEMAS, SchemaError, measure
from flows.sdk.schema.compiling import CompiledSchema, compile_schema
from flows.sdk.schema.masking import mask_secrets
from flows.sdk.schema.walk import Misfit

__all__ = [
    "MAX_SUBSCHEMAS",
    "CompiledSchema",
    "Misfit",
    "SchemaError",
    "compile_schema",
    "mask_secrets",
    "measure",
]
