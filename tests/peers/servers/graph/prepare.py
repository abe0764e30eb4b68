"""prepare.py SOURCE TARGET (PYTHONPATH: the folder above).

Make odata-openapi's description of the To Do API fit for a mock.

Clients neither send the id nor unknown properties; answers carry examples worth reading.
"""

import json
import sys

from openapi_cut import repair

EXAMPLES = {
    "microsoft.graph.user": {
        "id": "user-1",
        "displayName": "Alice",
        "userPrincipalName": "alice@example.com",
    },
    "microsoft.graph.todoTaskList": {
        "id": "list-1",
        "displayName": "Tasks",
        "isOwner": True,
        "isShared": False,
        "wellknownListName": "defaultList",
    },
    "microsoft.graph.todoTask": {
        "id": "task-1",
        "title": "Example",
        "status": "notStarted",
        "importance": "normal",
        "isReminderOn": False,
        "hasAttachments": False,
        "categories": [],
        "body": {"content": "", "contentType": "text"},
        "createdDateTime": "2026-01-02T03:04:05Z",
        "lastModifiedDateTime": "2026-01-02T03:04:05Z",
    },
    "microsoft.graph.checklistItem": {"id": "item-1", "displayName": "Example", "isChecked": False},
    "microsoft.graph.linkedResource": {
        "id": "link-1",
        "displayName": "Example",
        "applicationName": "hookflow",
    },
}
ERROR = {"code": "invalidRequest", "message": "The request is not as described.", "innerError": {}}

source, target = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    document = json.load(file)
document["servers"] = [{"url": "/v1.0"}]
schemas = document["components"]["schemas"]
for name, schema in schemas.items():
    if name.endswith(("-create", "-update")):
        schema.get("properties", {}).pop("id", None)
        schema.pop("required", None)
        schema["additionalProperties"] = False
    if name in EXAMPLES:
        schema["example"] = EXAMPLES[name]
schemas["microsoft.graph.todoTask-create"]["required"] = ["title"]
schemas["microsoft.graph.todoTaskList-create"]["required"] = ["displayName"]
schemas["error"]["example"] = {"error": ERROR}
for item in document["paths"].values():
    for operation in item.values():
        if isinstance(operation, dict) and "4XX" in operation.get("responses", {}):
            answer = operation["responses"].pop("4XX")
            operation["responses"] |= dict.fromkeys(("400", "401", "403", "404", "429"), answer)
with open(target, "w", encoding="utf-8") as file:
    json.dump(repair(document), file)
