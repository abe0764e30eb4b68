"""Jenkins: address, user and API token."""

from collections.abc import Sequence

from actions.services.jenkins import JenkinsFields, connected, hosts
from flows.sdk import CredentialMeta, CredentialType, NodeContext, NodeError, credential_type


@credential_type
class Jenkins(CredentialType):
    meta = CredentialMeta(
        type="jenkins",
        label="Jenkins",
        icon="hammer",
        summary="Starts and follows builds of one Jenkins.",
    )
    Fields = JenkinsFields

    def hosts(self, fields: JenkinsFields) -> Sequence[str]:
        return hosts(fields)

    def test(self, ctx: NodeContext, fields: JenkinsFields) -> str:
        """Ask who signs in, and whether jobs are shown."""
        if not fields.username:
            return "It is filled in. A trigger token alone can only be tried by starting a build."
        jenkins = connected(ctx, fields)
        who = jenkins.read("me", "id")
        try:
            jobs = jenkins.read("", "jobs[name]").get("jobs") or []
        except NodeError as error:
            if error.code != "not_allowed":
                raise
            raise NodeError(
                "not_allowed",
                f"{who.get('id')} may sign in, and may not see anything.",
                hint="Give the user the permissions Overall/Read and Job/Read.",
            ) from error
        if not jobs:
            raise NodeError(
                "not_allowed",
                f"{who.get('id')} may sign in, and sees no job.",
                hint="Give the user the permissions Job/Read and Job/Build.",
            )
        return f"Signed in as {who.get('id')}; {len(jobs)} jobs and folders are seen."
