"""Objects of this API as they go out."""

import json

from approvals.original.links import Dto
from approvals.original.media import Asked, Form
from approvals.original.xml import to_xml


def written(entity: str, dto: Dto, how: Asked) -> bytes:
    """A body; `entity` names it, as its media type does."""
    if how.form == Form.XML:
        return to_xml(entity, dto)
    return json.dumps(dto, ensure_ascii=False, separators=(",", ":")).encode()
