"""The steps of the measured flow, as plain Python; runs beside the engine, outside of this repository."""

import json
import os

STEPS = json.loads(os.environ.get("STEPS", "[]"))
SINK = os.environ.get("SINK", "")


def taken(event: dict) -> bool:
    """Put the fields in; whether every filter lets the event through."""
    for kind, *values in STEPS:
        if kind == "Filter":
            field, minimum = values
            if not event.get(field, 0) >= minimum:
                return False
        else:
            field, prefix, source = values
            event[field] = prefix + str(event.get(source, ""))
    return True
