"""A recording reverse proxy in front of a mock server. Standard library only.

    tap.py --port 18090 --upstream 18091 --log requests.jsonl [options]

Every exchange becomes one JSON line: time, method, path, query, headers, body (parsed if it is
JSON or a form), status, answer. Options: see --help.
"""

import argparse
import http.client
import json
import re
import signal
import ssl
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "content-length"}


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", type=int, required=True, help="port of the server behind")
    parser.add_argument(
        "--route",
        nargs=2,
        action="append",
        default=[],
        metavar=("PATH_REGEX", "PORT"),
        help="other server behind for paths matching",
    )
    parser.add_argument("--upstream-tls", action="store_true", help="it speaks TLS; trusted blindly")
    parser.add_argument("--log", required=True)
    parser.add_argument("--cert", help="serve TLS with this certificate")
    parser.add_argument("--key")
    parser.add_argument("--authorization", help="regular expression the header has to match in full")
    parser.add_argument("--unauthorized", default="{}", help="JSON body of the 401 answer otherwise")
    parser.add_argument("--strip", default="", help="path prefix to take off")
    parser.add_argument("--rewrite", help="absolute URL in answers that stands for this server")
    parser.add_argument(
        "--drop", action="append", default=[], metavar="HEADER", help="answer header to leave out"
    )
    parser.add_argument(
        "--prefer",
        nargs=2,
        action="append",
        default=[],
        metavar=("PATH_REGEX", "PREFERENCE"),
        help="Prefer header (such as code=404) for paths matching",
    )
    return parser.parse_args()


def parsed(body, content_type):
    text = body.decode("utf-8", "replace")
    if "json" in content_type:
        try:
            return json.loads(text)
        except ValueError:
            return text
    if "x-www-form-urlencoded" in content_type:
        pairs = urllib.parse.parse_qsl(text, keep_blank_values=True)
        return dict(pairs) if len(dict(pairs)) == len(pairs) else pairs
    return text


class Tap(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    options = None
    lock = threading.Lock()

    def exchange(self):
        o = self.options
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = b"".join(iter(self.chunk, b""))
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        if o.strip and path.startswith(o.strip):
            path = path[len(o.strip) :] or "/"
        authorization = self.headers.get("Authorization", "")
        if o.authorization and not re.fullmatch(o.authorization, authorization):
            status, headers, answer = 401, [("Content-Type", "application/json")], o.unauthorized.encode()
        else:
            status, headers, answer = self.forward(path, query, body)
        if o.rewrite:
            answer = answer.replace(o.rewrite.encode(), self.base().encode())
            headers = [(name, value.replace(o.rewrite, self.base())) for name, value in headers]
        # Before the answer: who has it may look at once what was asked.
        self.record(path, query, body, status, dict(headers), answer)
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP | {"date", "server"} | set(o.drop):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = exchange

    def chunk(self):
        size = int(self.rfile.readline().split(b";")[0], 16)
        data = self.rfile.read(size)
        self.rfile.readline()
        return data

    def base(self):
        scheme = "https" if self.options.cert else "http"
        return f"{scheme}://{HOST}:{self.options.port}{self.options.strip}"

    def forward(self, path, query, body):
        o = self.options
        port = next((int(port) for pattern, port in o.route if re.search(pattern, path)), o.upstream)
        if o.upstream_tls:
            context = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection(HOST, port, timeout=60, context=context)
        else:
            connection = http.client.HTTPConnection(HOST, port, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
        headers["Accept-Encoding"] = "identity"
        for pattern, preference in o.prefer:
            if re.search(pattern, path):
                headers["Prefer"] = preference
        try:
            connection.request(self.command, path + (f"?{query}" if query else ""), body or None, headers)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()
        except OSError as error:
            return 502, [("Content-Type", "text/plain")], str(error).encode()
        finally:
            connection.close()

    def record(self, path, query, body, status, headers, answer):
        answer_type = {k.lower(): v for k, v in headers.items()}.get("content-type", "")
        line = {
            "time": round(time.time(), 3),
            "method": self.command,
            "path": path,
            "query": urllib.parse.parse_qsl(query),
            "headers": {k.lower(): v for k, v in self.headers.items()},
            "body": parsed(body, self.headers.get("Content-Type", "")),
            "status": status,
            "answer_headers": headers,
            "answer": parsed(answer, answer_type) if len(answer) < 100_000 else len(answer),
        }
        with self.lock, open(self.options.log, "a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")

    def log_message(self, *args):
        pass


def main():
    Tap.options = o = options()
    open(o.log, "a", encoding="utf-8").close()
    server = ThreadingHTTPServer((HOST, o.port), Tap)
    server.daemon_threads = True
    if o.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(o.cert, o.key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    signal.signal(signal.SIGTERM, lambda *args: sys.exit(0))
    server.serve_forever()


if __name__ == "__main__":
    main()
