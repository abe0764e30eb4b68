"""server.py PORT SCHEMA CERT KEY LOG: a Proxmox VE node with two VMs, one container and a template.

Calls and their parameters are checked against SCHEMA the way PVE does it: unknown or missing
parameters, types, limits, enumerations and patterns answer 400 "Parameter verification failed.".
Long actions answer a task's UPID; the task is running for a second. Tasks of VMs whose
name begins with "broken" fail, those of VM 101 for one. A copy is locked until its task ends. Every
call is one JSON line of LOG.
"""

import json
import re
import secrets
import ssl
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from guests import Node
from schema import Refused, Schema

PREFIX = "/api2/json"
USER, PASSWORD = "hookflow@pve", "pve-secret"
TOKEN = "PVEAPIToken=hookflow@pve!flows=12345678-1234-1234-1234-123456789abc"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    schema = node = log = tickets = None
    lock = threading.Lock()

    def user(self):
        authorization = self.headers.get("Authorization", "")
        if authorization:
            if authorization != TOKEN:
                raise Refused(
                    401,
                    "invalid token value!"
                    if authorization.startswith("PVEAPIToken=hookflow@pve!flows=")
                    else "no such user",
                )
            return TOKEN.split("=")[1]
        cookie = re.search(r"PVEAuthCookie=([^;]+)", self.headers.get("Cookie", ""))
        if not cookie:
            raise Refused(401, "No ticket")
        ticket = urllib.parse.unquote(cookie[1])
        if ticket not in self.tickets:
            raise Refused(401, "invalid PVE ticket")
        if self.command != "GET" and self.headers.get("CSRFPreventionToken") != self.tickets[ticket]:
            raise Refused(401, "Permission denied - invalid csrf token")
        return USER

    def login(self, values):
        if (values.get("username"), values.get("password")) != (USER, PASSWORD) and values.get(
            "password"
        ) not in self.tickets:
            raise Refused(401, "authentication failure")
        ticket = f"PVE:{USER}:{secrets.token_hex(8)}::{secrets.token_hex(32)}"
        self.tickets[ticket] = f"{int(time.time()):08X}:{secrets.token_hex(16)}"
        return {"ticket": ticket, "CSRFPreventionToken": self.tickets[ticket], "username": USER, "cap": {}}

    def exchange(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path, _, query = self.path.partition("?")
        values = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        status, message, errors, data = 200, "OK", None, None
        try:
            if "json" in self.headers.get("Content-Type", ""):
                values |= json.loads(body or "{}")
            else:
                values |= dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
            path = urllib.parse.unquote(path)
            if not path.startswith(PREFIX):
                raise Refused(501, "no such file")
            template, operation, names = self.schema.find(
                self.command, path[len(PREFIX) :].rstrip("/") or "/"
            )
            public = template == "/access/ticket"
            user = None if public else self.user()
            self.schema.check(operation, names | values)
            data = (
                self.login(values) if public else self.node.call(self.command, template, names, values, user)
            )
        except Refused as refused:
            status, message, errors = refused.status, refused.message, refused.errors
        answer = {"data": data}
        if status != 200:
            answer |= {"message": message + "\n"} | ({"errors": errors} if errors else {})
        text = json.dumps(answer).encode()
        self.send_response(status, message)
        self.send_header("Content-Type", "application/json;charset=UTF-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        if "password" in values:
            values["password"] = "***"
        line = {
            "time": round(time.time(), 3),
            "method": self.command,
            "path": path,
            "parameters": values,
            "status": status,
            "answer": answer,
        }
        with self.lock, open(self.log, "a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    do_GET = do_POST = do_PUT = do_DELETE = exchange

    def log_message(self, *args):
        pass


def main():
    port, schema, cert, key, log = sys.argv[1:]
    Handler.schema, Handler.node, Handler.log, Handler.tickets = Schema(schema), Node(), log, {}
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


main()
