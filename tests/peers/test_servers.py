"""Each peer answers, and shows what it was asked."""

import base64
import smtplib
import socket
import ssl
from urllib.request import Request, urlopen

import pytest

from tests.peers.peer import Peer


def status(url: str, ca: str | None = None, **headers: str) -> int:
    request = Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    context = ssl.create_default_context(cafile=ca) if ca else None
    with urlopen(request, context=context) as answer:
        return answer.status


def test_redmine_knows_its_key(redmine: Peer):
    assert (
        status(f"{redmine['REDMINE_URL']}/users/current.json", X_Redmine_API_Key=redmine["REDMINE_KEY"])
        == 200
    )


def test_github_writes_down_what_it_was_asked(github: Peer):
    assert status(f"{github['GITHUB_URL']}/user", Authorization=f"Bearer {github['GITHUB_TOKEN']}") == 200
    assert github.log("GITHUB_LOG")[-1]["path"] == "/user"


def test_graph_writes_down_what_it_was_asked(graph: Peer):
    assert status(f"{graph['GRAPH_URL']}/me", graph["GRAPH_CA"], Authorization="Bearer a.b.c") == 200
    assert graph.log("GRAPH_LOG")[-1]["path"] == "/me"


def test_zabbix_takes_values_and_has_its_api(zabbix: Peer):
    assert status(f"{zabbix['ZABBIX_API_URL']}/index.php") == 200
    with socket.create_connection((zabbix["ZABBIX_SERVER"], int(zabbix["ZABBIX_PORT"])), 5):
        pass


def test_smtp_wants_starttls(smtp: Peer):
    with smtplib.SMTP(smtp["SMTP_HOST"], int(smtp["SMTP_PORT"])) as server:
        server.ehlo()
        assert server.has_extn("starttls")


def test_snmptrapd_listens(snmptrapd: Peer):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial, pytest.raises(OSError):
        trial.bind((snmptrapd["SNMP_HOST"], int(snmptrapd["SNMP_PORT"])))


def test_proxmox_knows_its_token(proxmox: Peer):
    token = f"{proxmox['PROXMOX_USER']}!{proxmox['PROXMOX_TOKEN_NAME']}={proxmox['PROXMOX_TOKEN_VALUE']}"
    url = f"https://{proxmox['PROXMOX_HOST']}:{proxmox['PROXMOX_PORT']}/api2/json/nodes/pve/qemu/100/status/current"
    assert status(url, proxmox["PROXMOX_CA"], Authorization=f"PVEAPIToken={token}") == 200
    assert proxmox.log("PROXMOX_LOG")[-1]["answer"]["data"]["vmid"] == 100


def test_jenkins_puts_a_build_into_its_queue(jenkins: Peer):
    request = Request(f"{jenkins['JENKINS_URL']}/job/plain/build?token=trigger", method="POST")
    basic = base64.b64encode(f"{jenkins['JENKINS_USER']}:{jenkins['JENKINS_API_TOKEN']}".encode()).decode()
    request.add_header("Authorization", f"Basic {basic}")
    with urlopen(request) as answer:
        assert (answer.status, "/queue/item/" in answer.headers["Location"]) == (201, True)
