"""Credential types: what is a secret is kept as one, or the type is refused."""

from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, BaseModel

from flows.sdk import (
    CredentialFields,
    CredentialMeta,
    CredentialType,
    Secret,
    credential_type,
    credential_types,
    ui,
)


class Inner(BaseModel):
    key: Secret = ui(label="Key")


class Checked(CredentialFields):
    key: Annotated[Secret, AfterValidator(str.strip)] = ui(label="Key")
    user: str = ui("", label="User")


def test_a_secret_with_a_check_is_one() -> None:
    assert Checked.secret_names() == {"key"}


def test_a_secret_is_in_no_representation() -> None:
    assert "sesame" not in repr(Checked(key="sesame-open"))
    assert "sesame" not in str(Checked(key="sesame-open"))


@pytest.mark.parametrize("kind", [Secret | None, list[Secret], Inner, dict[str, Inner]])
@pytest.mark.filterwarnings("ignore:The 'repr' attribute")
def test_a_secret_inside_another_field_is_refused(kind: Any) -> None:
    class Hiding(CredentialFields):
        hidden: kind = ui(label="Hidden")

    class HidingType(CredentialType):
        meta = CredentialMeta("hiding", "Hiding", "key", "Hides.")
        Fields = Hiding

    with pytest.raises(TypeError, match="no field of its own"):
        credential_type(HidingType)
    assert "hiding" not in credential_types
