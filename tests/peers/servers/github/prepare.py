"""prepare.py SOURCE TARGET (PYTHONPATH: the folder above).

The parts of GitHub's OpenAPI description that hookflow's peers serve.

Error answers get the texts GitHub sends (clients choose their exceptions by them), and adding
labels takes a bare list, too, which the description only says in words.
"""

import json
import sys

from openapi_cut import cut

REPOSITORY = (
    "issues|pulls|labels|milestones|assignees|collaborators|branches|git/ref|git/refs|contents|dispatches|statuses"
    "|actions/workflows"
)
PATHS = (
    r"/user|/user/repos|/users/\{username\}|/rate_limit|/installation/repositories"
    r"|/app|/app/installations/\{installation_id\}(/access_tokens)?"
    rf"|/repos/\{{owner\}}/\{{repo\}}(/({REPOSITORY})(/.*)?)?"
)
VALIDATION = {"resource": "Issue", "field": "title", "code": "missing_field"}
ERRORS = {
    "bad_request": (400, "Problems parsing JSON"),
    "requires_authentication": (401, "Requires authentication"),
    "forbidden": (403, "Resource not accessible by personal access token"),
    "not_found": (404, "Not Found"),
    "conflict": (409, "Conflict"),
    "gone": (410, "Issues has been disabled in this repository."),
    "validation_failed": (422, "Validation Failed"),
    "validation_failed_simple": (422, "Validation Failed"),
    "service_unavailable": (503, "Service unavailable"),
}

source, target = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    description = cut(json.load(file), PATHS)
for name, (status, message) in ERRORS.items():
    if answer := description["components"]["responses"].get(name):
        example = {
            "message": message,
            "documentation_url": "https://docs.github.com/rest",
            "status": str(status),
        }
        if name == "validation_failed":
            example["errors"] = [VALIDATION]
        answer["content"] = {"application/json": answer["content"]["application/json"] | {"example": example}}
        answer["content"]["application/json"].pop("examples", None)
labels = description["paths"]["/repos/{owner}/{repo}/issues/{issue_number}/labels"]
for method in ("post", "put"):
    media = labels[method]["requestBody"]["content"]["application/json"]
    media["schema"] = {
        "anyOf": [media["schema"], {"type": "array", "minItems": 1, "items": {"type": "string"}}]
    }
with open(target, "w", encoding="utf-8") as file:
    json.dump(description, file)
