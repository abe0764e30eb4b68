"""The jobs, the queue and the builds of the stand-in, and how Jenkins shows them as JSON."""

import threading
import time
import urllib.parse

USER, TOKEN, PASSWORD = "flow", "11jenkinsapitoken", "jenkins-secret"
TRIGGER_TOKEN = "trigger"
QUIET, LEFT_ITEMS_KEPT = 0.5, 300
MODEL = "hudson.model."


def string(name, default=""):
    return {"kind": "String", "name": name, "default": default}


PARAMETERS = [
    string("BRANCH", "main"),
    {"kind": "Choice", "name": "STAGE", "default": "test", "choices": ["test", "live"]},
    {"kind": "Boolean", "name": "DRY_RUN", "default": False},
]
JOBS = {
    "plain": {"seconds": 1, "result": "SUCCESS"},
    "params": {"seconds": 1, "result": "SUCCESS", "parameters": PARAMETERS},
    "failing": {"seconds": 1, "result": "FAILURE"},
    "unstable": {"seconds": 1, "result": "UNSTABLE"},
    "slow": {"seconds": 20, "result": "SUCCESS"},
    "disabled": {"seconds": 1, "result": "SUCCESS", "disabled": True},
    "folder/inner": {"seconds": 1, "result": "SUCCESS", "parameters": [string("NAME")]},
}


class Refused(Exception):
    def __init__(self, status, message="", headers=()):
        self.status, self.message, self.headers = status, message, headers


class Controller:
    def __init__(self, root):
        self.root, self.lock = root, threading.RLock()
        self.items, self.builds = {}, {name: {} for name in JOBS}

    def url(self, name):
        return self.root + "".join(f"/job/{urllib.parse.quote(part)}" for part in name.split("/")) + "/"

    def schedule(self, name, values, cause):
        """A new queue item, or the one that waits already with the same parameters."""
        with self.lock:
            for item in self.items.values():
                if item["name"] == name and item["values"] == values and self.state(item) == "waiting":
                    return item["id"]
            number = len(self.items) + 1
            self.items[number] = {
                "id": number,
                "name": name,
                "values": values,
                "cause": cause,
                "since": time.time(),
                "build": None,
                "cancelled": False,
            }
            return number

    def state(self, item):
        if item["cancelled"]:
            return "cancelled"
        if item["build"] is None and time.time() >= item["since"] + QUIET:
            builds = self.builds[item["name"]]
            item["build"] = len(builds) + 1
            builds[item["build"]] = {"item": item, "started": item["since"] + QUIET, "aborted": None}
        return "waiting" if item["build"] is None else "left"

    def tick(self):
        for item in list(self.items.values()):
            self.state(item)

    def actions(self, item):
        causes = {"_class": MODEL + "CauseAction", "causes": [item["cause"]]}
        if not JOBS[item["name"]].get("parameters"):
            return [causes]
        kinds = {p["name"]: p["kind"] for p in JOBS[item["name"]]["parameters"]}
        values = [
            {
                "_class": f"{MODEL}{'Boolean' if kinds[k] == 'Boolean' else 'String'}ParameterValue",
                "name": k,
                "value": v,
            }
            for k, v in item["values"].items()
        ]
        return [{"_class": MODEL + "ParametersAction", "parameters": values}, causes]

    def item_json(self, number):
        item = self.items.get(number)
        if item is None:
            raise Refused(404)
        state = self.state(item)
        if state != "waiting" and time.time() > item["since"] + LEFT_ITEMS_KEPT:
            raise Refused(404)
        lines = "".join(f"\n{name}={value}" for name, value in item["values"].items())
        result = {
            "_class": f"{MODEL}Queue${'WaitingItem' if state == 'waiting' else 'LeftItem'}",
            "actions": self.actions(item),
            "blocked": False,
            "buildable": False,
            "id": number,
            "inQueueSince": int(item["since"] * 1000),
            "params": lines,
            "stuck": False,
            "task": {
                "_class": MODEL + "FreeStyleProject",
                "name": item["name"].split("/")[-1],
                "url": self.url(item["name"]),
            },
            "url": f"queue/item/{number}/",
            "why": "In the quiet period. Expires in 0.5 sec" if state == "waiting" else None,
        }
        if state == "waiting":
            return result | {"timestamp": int((item["since"] + QUIET) * 1000)}
        executable = None
        if item["build"]:
            executable = {
                "_class": MODEL + "FreeStyleBuild",
                "number": item["build"],
                "url": f"{self.url(item['name'])}{item['build']}/",
            }
        return result | {"cancelled": state == "cancelled", "executable": executable}

    def build_json(self, name, number):
        self.tick()
        builds = self.builds[name]
        wanted = {"lastBuild": max(builds, default=None)}.get(number, number)
        if not str(wanted).isdigit() or int(wanted) not in builds:
            raise Refused(404)
        build = builds[int(wanted)]
        job = JOBS[name]
        end = build["aborted"] or build["started"] + job["seconds"]
        building = time.time() < end
        result = None if building else "ABORTED" if build["aborted"] else job["result"]
        title = f"#{wanted}"
        return {
            "_class": MODEL + "FreeStyleBuild",
            "actions": self.actions(build["item"]),
            "artifacts": [],
            "building": building,
            "description": None,
            "displayName": title,
            "duration": 0 if building else int((end - build["started"]) * 1000),
            "estimatedDuration": job["seconds"] * 1000,
            "executor": {} if building else None,
            "fullDisplayName": f"{name.replace('/', ' » ')} {title}",
            "id": str(wanted),
            "inProgress": building,
            "keepLog": False,
            "number": int(wanted),
            "queueId": build["item"]["id"],
            "result": result,
            "timestamp": int(build["started"] * 1000),
            "url": f"{self.url(name)}{wanted}/",
            "builtOn": "",
            "changeSet": {"_class": "hudson.scm.EmptyChangeLogSet", "items": [], "kind": None},
            "culprits": [],
        }

    def job_json(self, name, tree=""):
        """The job; as Jenkins does, with its builds in full where `tree` asks for more of them."""
        self.tick()
        job, builds = JOBS[name], self.builds[name]
        listed = [
            {"_class": MODEL + "FreeStyleBuild", "number": n, "url": f"{self.url(name)}{n}/"}
            for n in sorted(builds, reverse=True)
        ]
        definitions = [
            {
                "_class": f"{MODEL}{p['kind']}ParameterDefinition",
                "defaultParameterValue": {"name": p["name"], "value": p["default"]},
                "description": "",
                "name": p["name"],
                "type": f"{p['kind']}ParameterDefinition",
            }
            | ({"choices": p["choices"]} if "choices" in p else {})
            for p in job.get("parameters", [])
        ]
        kind = {"_class": MODEL + "ParametersDefinitionProperty", "parameterDefinitions": definitions}
        return {
            "_class": MODEL + "FreeStyleProject",
            "name": name.split("/")[-1],
            "fullName": name,
            "displayName": name.split("/")[-1],
            "url": self.url(name),
            "buildable": not job.get("disabled", False),
            "disabled": job.get("disabled", False),
            "builds": [self.build_json(name, n["number"]) for n in listed] if "builds[" in tree else listed,
            "firstBuild": listed[-1] if listed else None,
            "lastBuild": listed[0] if listed else None,
            "color": "disabled" if job.get("disabled") else "blue" if builds else "notbuilt",
            "inQueue": any(i["name"] == name and self.state(i) == "waiting" for i in self.items.values()),
            "nextBuildNumber": len(builds) + 1,
            "actions": [kind] if definitions else [],
            "property": [kind] if definitions else [],
            "concurrentBuild": False,
            "queueItem": None,
        }

    def root_json(self):
        self.tick()
        jobs = []
        for name in JOBS:
            if "/" not in name:
                jobs.append({k: self.job_json(name)[k] for k in ("_class", "name", "url", "color")})
        folder = {
            "_class": "com.cloudbees.hudson.plugins.folder.Folder",
            "name": "folder",
            "url": f"{self.root}/job/folder/",
        }
        return {
            "_class": MODEL + "Hudson",
            "mode": "NORMAL",
            "nodeDescription": "the Jenkins controller's built-in node",
            "nodeName": "",
            "numExecutors": 2,
            "jobs": [*jobs, folder],
            "primaryView": {"_class": MODEL + "AllView", "name": "all", "url": f"{self.root}/"},
            "views": [{"_class": MODEL + "AllView", "name": "all", "url": f"{self.root}/"}],
            "quietingDown": False,
            "url": f"{self.root}/",
            "useCrumbs": True,
            "useSecurity": True,
        }
