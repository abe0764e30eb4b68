"""Office 365: an application with its secret, or a user with a password."""

from collections.abc import Sequence

from actions.services.office365 import Office365Fields
from actions.services.office365_errors import missing_permission
from actions.services.todo import Todo
from flows.sdk import CredentialMeta, CredentialType, NodeContext, credential_type


@credential_type
class Office365(CredentialType):
    meta = CredentialMeta(
        type="office365",
        label="Office 365",
        icon="brand-office",
        summary="Reads and writes tasks in Microsoft To Do.",
    )
    Fields = Office365Fields

    def hosts(self, fields: Office365Fields) -> Sequence[str]:
        return fields.hosts()

    def test(self, ctx: NodeContext, fields: Office365Fields) -> str:
        """Sign in, look what the token allows, and read whose tasks and which lists there are."""
        todo = Todo(ctx, fields, "", anew=True)
        missing = todo.token.missing(todo.wanted)
        if missing:
            raise missing_permission(missing)
        who = todo.check_user()
        return f"Signed in; {len(todo.lists())} task lists of {who} are seen."
