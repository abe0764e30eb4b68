"""What jobs and their runs are given and may be secret, encrypted."""

import json
from typing import Any, ClassVar

from django.db import models

from common.crypto import Seal, seal, unseal


class Sealed(models.Model):
    """A row with values that may be secret. They open only for their tenant, job and row."""

    encrypted_fields: ClassVar[tuple[str, ...]] = ("private",)

    private = models.TextField(blank=True, default="")
    """The values by name, as encrypted JSON; empty where there are none."""

    class Meta:
        abstract = True

    def seal_of(self, column: str) -> Seal:
        """What its ciphertext belongs to: moved to another row, it does not open."""
        raise NotImplementedError

    def private_values(self) -> dict[str, Any]:
        """The values, by name; empty ones are left out.

        Raises:
            CryptoError: they do not open.
        """
        if not self.private:
            return {}
        found: dict[str, Any] = json.loads(unseal(self.private, self.seal_of("private")))
        return found

    def keep_private(self, values: dict[str, Any]) -> None:
        """Make these the values.

        Raises:
            CryptoError: there is no key.
        """
        kept = {name: value for name, value in values.items() if value not in (None, "", {})}
        self.private = seal(json.dumps(kept), self.seal_of("private")) if kept else ""
