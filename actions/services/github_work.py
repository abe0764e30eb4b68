"""What is done in a repository of GitHub, once however often a step is repeated."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from actions.services.github_desk import Desk, inner, milestone_of, moment_of, number_of, text_in, told
from flows.sdk import JsonObject, NodeError

LOOKED_BACK: Final = timedelta(days=7)
"""How far comments are searched for that of a former try."""
NEW_ISSUE: Final = """mutation($input: CreateIssueInput!) {
  createIssue(input: $input) { issue { id number url state title } }
}"""
NEEDED_IDS: Final = (
    """query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id } }"""
)
PULL_ID: Final = """query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { id } }
}"""
READY: Final = """mutation($id: ID!) {
  markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { id number url state title } }
}"""


def done(desk: Desk, operation: str, values: Mapping[str, Any]) -> JsonObject:
    """Do what the operation of that name does, with what is filled in for it."""
    if operation in _NUMBERED:
        return _NUMBERED[operation](desk, number_of(values.get("number")), values)
    return _OTHERS[operation](desk, values)


def create_issue(desk: Desk, fields: Mapping[str, Any]) -> JsonObject:
    """Create an issue, unless a former try has done so, and tell what GitHub dropped of it."""
    former = desk.former("issues", state="all", sort="created", direction="desc")
    body = {**_given(fields), "body": desk.marked(str(fields.get("body") or ""))}
    if number := milestone_of(desk, fields):
        body["milestone"] = number
    made = former or desk.one("POST", "issues", body=body)
    _warn_of_dropped(desk, made, body)
    return told(made)


def create_issue_by_graphql(desk: Desk, fields: Mapping[str, Any]) -> JsonObject:
    """The same over GraphQL: title and body, whatever the repository's form of issues wants of people."""
    former = desk.former("issues", state="all", sort="created", direction="desc")
    if former:
        return told(former)
    owner, name = desk.place
    found = inner(desk.client.graphql(NEEDED_IDS, {"owner": owner, "name": name}), "repository")
    wanted = {"repositoryId": found.get("id"), "title": fields["title"], "body": desk.marked(fields["body"])}
    made = inner(desk.client.graphql(NEW_ISSUE, {"input": wanted}), "createIssue", "issue")
    return told({**made, "html_url": made.get("url"), "node_id": made.get("id")})


def update_issue(desk: Desk, number: int, fields: Mapping[str, Any]) -> JsonObject:
    """Change what is said of an issue or pull request."""
    body = _given(fields)
    if number_of_milestone := milestone_of(desk, fields):
        body["milestone"] = number_of_milestone
    made = desk.one("PATCH", "issues", number, body=body)
    _warn_of_dropped(desk, made, body)
    return told(made)


def comment(desk: Desk, number: int, fields: Mapping[str, Any]) -> JsonObject:
    """Comment on an issue or pull request, unless a former try has done so."""
    since = (desk.ctx.clock.now() - LOOKED_BACK).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = desk.former("issues", number, "comments", since=since)
    made = made or desk.one(
        "POST", "issues", number, "comments", body={"body": desk.marked(str(fields["body"]))}
    )
    return {"number": number, "url": text_in(made, "html_url"), "id": made.get("id")}


def close_issue(desk: Desk, number: int, fields: Mapping[str, Any]) -> JsonObject:
    """Close an issue or pull request."""
    body = {"state": "closed", "state_reason": fields.get("reason", "completed")}
    return told(desk.one("PATCH", "issues", number, body=body))


def create_pull(desk: Desk, fields: Mapping[str, Any]) -> JsonObject:
    """Create a pull request, unless a former try has done so; then labels, people and reviewers."""
    head = str(fields["head"])
    whole = head if ":" in head else f"{desk.place[0]}:{head}"
    made = desk.former("pulls", state="all", head=whole, base=str(fields["base"]))
    if made is None:
        body = {name: fields[name] for name in ("title", "head", "base", "draft")}
        made = desk.one("POST", "pulls", body={**body, "body": desk.marked(str(fields.get("body") or ""))})
    number = made.get("number")
    if not isinstance(number, int):
        raise NodeError("bad_answer", "GitHub did not say the number of the pull request.")
    extra = {name: fields[name] for name in ("labels", "assignees") if fields.get(name)}
    if milestone := milestone_of(desk, fields):
        extra["milestone"] = milestone
    if extra:
        _warn_of_dropped(desk, desk.one("PATCH", "issues", number, body=extra), extra)
    if reviewers := fields.get("reviewers"):
        desk.one("POST", "pulls", number, "requested_reviewers", body=_reviewers(reviewers))
    return told(made)


def ready_pull(desk: Desk, number: int, fields: Mapping[str, Any]) -> JsonObject:
    """Take the mark of a draft off a pull request. Only GraphQL can."""
    owner, name = desk.place
    found = desk.client.graphql(PULL_ID, {"owner": owner, "name": name, "number": number})
    pull = inner(found, "repository", "pullRequest")
    made = inner(
        desk.client.graphql(READY, {"id": pull.get("id")}), "markPullRequestReadyForReview", "pullRequest"
    )
    return told({**made, "html_url": made.get("url"), "node_id": made.get("id")})


def save_label(desk: Desk, fields: Mapping[str, Any]) -> JsonObject:
    """Create a label, or change that of the same name."""
    name = str(fields["label"])
    body = {key: fields[key] for key in ("color", "description") if fields.get(key)}
    made = _unless_missing(lambda: desk.one("PATCH", "labels", name, body=body))
    made = made or desk.one("POST", "labels", body={"name": name, **body})
    return {"name": text_in(made, "name"), "url": text_in(made, "url")}


def save_milestone(desk: Desk, fields: Mapping[str, Any]) -> JsonObject:
    """Create a milestone, or change that of the same title or number."""
    body = {key: fields[key] for key in ("description",) if fields.get(key)}
    if fields.get("due_on"):
        body["due_on"] = moment_of(str(fields["due_on"]))
    number = milestone_of(desk, fields, must=False)
    if number:
        made = desk.one("PATCH", "milestones", number, body=body)
    else:
        made = desk.one("POST", "milestones", body={"title": fields["milestone"], **body})
    return told(made)


def close_milestone(desk: Desk, fields: Mapping[str, Any]) -> JsonObject:
    """Close the milestone of that title or number."""
    number = milestone_of(desk, fields) or 0
    return told(desk.one("PATCH", "milestones", number, body={"state": "closed"}))


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    names = ("title", "body", "labels", "assignees", "state", "state_reason")
    return {name: fields[name] for name in names if fields.get(name)}


def _reviewers(names: list[str]) -> JsonObject:
    """Teams are written as org/team."""
    teams = [name.partition("/")[2] for name in names if "/" in name]
    people = [name for name in names if "/" not in name]
    return {"reviewers": people, **({"team_reviewers": teams} if teams else {})}


def _warn_of_dropped(desk: Desk, made: JsonObject, wanted: Mapping[str, Any]) -> None:
    """GitHub drops without a word what the token may not set."""
    for name, key in (("labels", "name"), ("assignees", "login")):
        has = {str(row.get(key)).casefold() for row in made.get(name) or [] if isinstance(row, dict)}
        missing = [entry for entry in wanted.get(name, ()) if str(entry).casefold() not in has]
        if missing:
            listed = ", ".join(missing)[:200]
            desk.ctx.log.warning(
                f"GitHub did not take these {name}: {listed}. The token may lack write access."
            )
    if wanted.get("milestone") and not made.get("milestone"):
        desk.ctx.log.warning("GitHub did not take the milestone. The token may lack write access.")


def _unless_missing(ask: Callable[[], JsonObject]) -> JsonObject | None:
    try:
        return ask()
    except NodeError as error:
        if error.code != "not_found":
            raise
        return None


_NUMBERED: Final[dict[str, Callable[[Desk, int, Mapping[str, Any]], JsonObject]]] = {
    "update-issue": update_issue,
    "comment": comment,
    "close-issue": close_issue,
    "ready-pull": ready_pull,
}
_OTHERS: Final[dict[str, Callable[[Desk, Mapping[str, Any]], JsonObject]]] = {
    "create-issue": create_issue,
    "create-issue-graphql": create_issue_by_graphql,
    "create-pull": create_pull,
    "save-label": save_label,
    "save-milestone": save_milestone,
    "close-milestone": close_milestone,
}
