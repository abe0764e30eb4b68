"""server.py PORT LOG: the part of Jenkins' remote API that triggers and follows builds.

Follows jenkinsci/jenkins (ParameterizedJobMixIn, ParametersDefinitionProperty, CrumbFilter,
BuildAuthorizationToken, Queue): 201 with the queue item's Location, coalescing of equal queued
builds, crumbs bound to the session and needed with a password but not with an API token.
"""

import base64
import json
import re
import secrets
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from controller import JOBS, MODEL, PASSWORD, TOKEN, TRIGGER_TOKEN, USER, Controller, Refused

TRIGGER = r"((?:/job/[^/]+)+)/(build|buildWithParameters)"


def submitted(values, defined):
    """The parameters of a form that was sent as JSON, by name."""
    if "json" not in values:
        raise Refused(400, "Nothing is submitted")
    sent = json.loads(values["json"]).get("parameter", [])
    given = {p["name"]: p.get("value", "") for p in (sent if isinstance(sent, list) else [sent])}
    if unknown := set(given) - set(defined):
        raise Refused(
            500, f"java.lang.IllegalArgumentException: No such parameter definition: {unknown.pop()}"
        )
    return given


def chosen_value(key, parameter, given):
    value = given.get(key, parameter["default"])
    if parameter["kind"] == "Boolean":
        value = str(value).lower() in ("true", "on")
    if "choices" in parameter and value not in parameter["choices"]:
        text = f"java.lang.IllegalArgumentException: Illegal choice for parameter {key}: {value}"
        raise Refused(500, text)
    return value


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    controller = log = crumbs = None

    def sign_in(self):
        """The user, and whether an API token (which needs no crumb) was used."""
        header = self.headers.get("Authorization", "")
        if not header.startswith("Basic "):
            return None, False
        user, _, secret = base64.b64decode(header[6:]).decode().partition(":")
        if user != USER or secret not in (TOKEN, PASSWORD):
            raise Refused(
                401,
                "Invalid password/token for user: " + user,
                [("WWW-Authenticate", 'Basic realm="Jenkins"')],
            )
        return user, secret == TOKEN

    def session(self):
        found = re.search(r"JSESSIONID=([^;]+)", self.headers.get("Cookie", ""))
        return found and found[1]

    def answer(self, path, values, extra):
        user = self.signed_in(path, values)
        for pattern, method in ROUTES:
            if match := re.fullmatch(pattern, path):
                return method(self, match, values, extra, user)
        raise Refused(404)

    def signed_in(self, path, values):
        """The user; None is allowed for a build by trigger token alone."""
        user, by_token = self.sign_in()
        if self.command == "POST" and not by_token:
            crumb = self.headers.get("Jenkins-Crumb") or values.get("Jenkins-Crumb")
            if not crumb or self.crumbs.get(self.session()) != crumb:
                raise Refused(403, "No valid crumb was included in the request")
        if user is None and not (re.fullmatch(TRIGGER, path) and values.get("token") == TRIGGER_TOKEN):
            raise Refused(403, "Authentication required")
        return user

    def build_or_job(self, match, values, extra, user):
        controller = self.controller
        name, number, what = self.job(match[1]), match[2], match[3]
        if what == "consoleText":
            result = controller.build_json(name, number)["result"]
            return 200, f"Started by user {USER}\n" + (f"Finished: {result}\n" if result else "")
        if what == "stop":
            self.post_only()
            number = controller.build_json(name, number)["number"]
            controller.builds[name][number]["aborted"] = time.time()
            raise Refused(302, "", [("Location", f"{controller.url(name)}{number}/")])
        if number:
            return 200, controller.build_json(name, number)
        return 200, controller.job_json(name, values.get("tree", ""))

    def queue_item(self, match, values, extra, user):
        return 200, self.controller.item_json(int(match[1]))

    def cancel_item(self, match, values, extra, user):
        self.post_only()
        item = self.controller.items.get(int(values.get("id", 0)))
        if item and self.controller.state(item) == "waiting":
            item["cancelled"] = True
        raise Refused(204 if item else 404)

    def queue(self, match, values, extra, user):
        controller = self.controller
        waiting = [n for n, item in controller.items.items() if controller.state(item) == "waiting"]
        items = [controller.item_json(n) for n in waiting]
        return 200, {"_class": MODEL + "Queue", "discoverableItems": [], "items": items}

    def crumb(self, match, values, extra, user):
        session = self.session() or secrets.token_hex(16)
        extra.append(("Set-Cookie", f"JSESSIONID={session}; Path=/; HttpOnly"))
        crumb = self.crumbs.setdefault(session, secrets.token_hex(32))
        kind = "hudson.security.csrf.DefaultCrumbIssuer"
        return 200, {"_class": kind, "crumb": crumb, "crumbRequestField": "Jenkins-Crumb"}

    def me(self, match, values, extra, user):
        url = f"{self.controller.root}/user/{USER}"
        return 200, {"_class": MODEL + "User", "id": USER, "fullName": USER, "absoluteUrl": url}

    def root(self, match, values, extra, user):
        return 200, self.controller.root_json()

    def job(self, path):
        name = "/".join(urllib.parse.unquote(part) for part in path.split("/job/")[1:])
        if name not in JOBS:
            raise Refused(404)
        return name

    def post_only(self):
        if self.command != "POST":
            raise Refused(405, "Form post required", [("Allow", "POST")])

    def trigger(self, match, values, extra, user):
        name, how = self.job(match[1]), match[2]
        job = JOBS[name]
        if values.get("token") not in (None, TRIGGER_TOKEN):
            raise Refused(403, "Invalid token provided.")
        if job.get("disabled"):
            raise Refused(409, f"{name} is not buildable")
        if values.get("token") != TRIGGER_TOKEN:
            self.post_only()
        defined = {p["name"]: p for p in job.get("parameters", [])}
        if how == "buildWithParameters" and not defined:
            raise Refused(500, "java.lang.IllegalStateException: This build is not parameterized!")
        given = submitted(values, defined) if how == "build" and defined else values
        chosen = {key: chosen_value(key, parameter, given) for key, parameter in defined.items()}
        if user is None or values.get("token"):
            text, note = "Started by remote host 127.0.0.1", values.get("cause", "")
            cause = {"_class": MODEL + "Cause$RemoteCause", "shortDescription": text, "note": note}
        else:
            cause = {
                "_class": MODEL + "Cause$UserIdCause",
                "shortDescription": f"Started by user {user}",
                "userId": user,
                "userName": user,
            }
        number = self.controller.schedule(name, chosen, cause)
        raise Refused(201, "", [("Location", f"{self.controller.root}/queue/item/{number}/")])

    def exchange(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path, _, query = self.path.partition("?")
        values = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        if "x-www-form-urlencoded" in self.headers.get("Content-Type", ""):
            values |= dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        extra, kind = [], "application/json;charset=utf-8"
        try:
            with self.controller.lock:
                status, answer = self.answer(re.sub("/+", "/", path).rstrip("/"), values, extra)
        except Refused as refused:
            status, answer, extra = refused.status, refused.message, [*extra, *refused.headers]
        if isinstance(answer, str):
            kind = "text/html;charset=utf-8" if status >= 400 else "text/plain;charset=utf-8"
            text = (
                f"<html><body><h2>HTTP ERROR {status} {answer}</h2></body></html>"
                if status >= 400
                else answer
            ).encode()
        else:
            text = json.dumps(answer).encode()
        self.send_response(status)
        for header, value in [("X-Jenkins", "2.479.1"), ("X-Content-Type-Options", "nosniff"), *extra]:
            self.send_header(header, value)
        if status != 204:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD" and status != 204:
            self.wfile.write(text)
        line = {
            "time": round(time.time(), 3),
            "method": self.command,
            "path": path,
            "parameters": values,
            "status": status,
        }
        line["location"] = dict(extra).get("Location")
        with self.controller.lock, open(self.log, "a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    do_GET = do_HEAD = do_POST = exchange

    def log_message(self, *args):
        pass


ROUTES = (
    (TRIGGER, Handler.trigger),
    (r"((?:/job/[^/]+)+)(?:/(\d+|lastBuild))?/(api/json|consoleText|stop)", Handler.build_or_job),
    (r"/queue/item/(\d+)/api/json", Handler.queue_item),
    (r"/queue/cancelItem", Handler.cancel_item),
    (r"/queue/api/json", Handler.queue),
    (r"/crumbIssuer/api/json", Handler.crumb),
    (r"/me/api/json|/user/flow/api/json", Handler.me),
    (r"/api/json|", Handler.root),
)


def main():
    port, log = sys.argv[1:]
    Handler.controller, Handler.log, Handler.crumbs = Controller(f"http://127.0.0.1:{port}"), log, {}
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    server.daemon_threads = True
    server.serve_forever()


main()
