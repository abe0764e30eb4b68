"""Create the peer's hosts and trapper items through the Zabbix web API."""

import json
import sys
import urllib.request

URL, PSK = sys.argv[1:]
NO_ENCRYPTION, PSK_ONLY, CERTIFICATE_ONLY = 1, 2, 4
TRAPPER = 2
VALUE_TYPES = {"test.float": 0, "test.char": 1, "test.log": 2, "test.unsigned": 3, "test.text": 4}

HOSTS = (("plain", NO_ENCRYPTION), ("secret", PSK_ONLY), ("certified", CERTIFICATE_ONLY))

token = None


def call(method, params):
    body = {"jsonrpc": "2.0", "method": method, "params": params, "id": 1}
    if token:
        body["auth"] = token
    request = urllib.request.Request(URL, json.dumps(body).encode(), {"Content-Type": "application/json-rpc"})
    answer = json.load(urllib.request.urlopen(request))
    if "error" in answer:
        raise SystemExit(f"{method}: {answer['error']}")
    return answer["result"]


token = call("user.login", {"username": "Admin", "password": "zabbix"})
# The stock host would be polled on a port where nothing listens.
stock = call("host.get", {"output": ["hostid"], "filter": {"host": "Zabbix server"}})
call("host.delete", [host["hostid"] for host in stock])
group = call("hostgroup.create", {"name": "Hookflow"})["groupids"][0]
for host, accept in HOSTS:
    settings = {"host": host, "groups": [{"groupid": group}], "tls_accept": accept}
    if accept == PSK_ONLY:
        settings |= {"tls_psk_identity": "hookflow", "tls_psk": PSK}
    hostid = call("host.create", settings)["hostids"][0]
    call(
        "item.create",
        [
            {"hostid": hostid, "name": key, "key_": key, "type": TRAPPER, "value_type": value_type}
            for key, value_type in VALUE_TYPES.items()
        ],
    )
