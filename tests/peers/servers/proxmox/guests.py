"""The stand-in's guests and tasks."""

import secrets
import threading
import time

from schema import Refused

NODE = "pve"
TASK_SECONDS = 1
PREFIXES = {"qemu": "qm", "lxc": "vz"}
NO_ANSWER = Refused(501, "this stand-in has the schema of the call, but no answer")
STATES = {
    "start": "running",
    "stop": "stopped",
    "shutdown": "stopped",
    "reboot": "running",
    "reset": "running",
    "suspend": "running",
    "resume": "running",
}


class Node:
    def __init__(self):
        self.lock = threading.Lock()
        self.tasks = {}
        self.guests = {
            ("qemu", "100"): self.guest("web", "stopped"),
            ("qemu", "101"): self.guest("broken", "stopped"),
            ("lxc", "200"): self.guest("box", "stopped"),
            ("qemu", "9000"): self.guest("debian", "stopped"),
        }
        self.guests["qemu", "9000"]["config"] |= {
            "template": 1,
            "scsi0": "local-lvm:base-9000-disk-0,size=10G",
            "ide2": "local-lvm:vm-9000-cloudinit,media=cdrom",
            "net0": "virtio=AA:BB:CC:DD:EE:00,bridge=vmbr0",
            "boot": "order=scsi0",
        }

    @staticmethod
    def guest(name, status):
        return {"status": status, "config": {"name": name, "memory": "2048", "cores": 2}, "snapshots": {}}

    def find(self, kind, vmid):
        if (kind, vmid) not in self.guests:
            folder = "qemu-server" if kind == "qemu" else "lxc"
            raise Refused(500, f"Configuration file 'nodes/{NODE}/{folder}/{vmid}.conf' does not exist")
        return self.guests[kind, vmid]

    def task(self, kind, vmid, user, failed=None):
        upid = f"UPID:{NODE}:{secrets.token_hex(4).upper()}:00BC614E:{int(time.time()):08X}:{kind}:{vmid}:{user}:"
        self.tasks[upid] = {
            "type": kind,
            "id": vmid,
            "user": user,
            "starttime": time.time(),
            "exit": failed or "OK",
        }
        return upid

    def task_status(self, upid):
        if upid not in self.tasks:
            raise Refused(500, f"no such task '{upid}'")
        task = self.tasks[upid]
        status = {"upid": upid, "node": NODE, "pid": 1, "pstart": 1} | {
            k: task[k] for k in ("type", "id", "user")
        }
        status["starttime"] = int(task["starttime"])
        if time.time() - task["starttime"] < TASK_SECONDS:
            return status | {"status": "running"}
        return status | {"status": "stopped", "exitstatus": task["exit"]}

    def summary(self, kind, vmid):
        guest = self.guests[kind, vmid]
        return {
            "vmid": int(vmid),
            "name": guest["config"].get("name"),
            "status": guest["status"],
            "cpus": 2,
            "uptime": 0,
        }

    def call(self, method, template, names, values, user):
        with self.lock:
            return self.answer(method, template, names, values, user)

    def answer(self, method, template, names, values, user):
        if template == "/version":
            return {"version": "9.2.1", "release": "9.2", "repoid": "0123456789abcdef"}
        if template.startswith("/cluster/"):
            return self.cluster(template, values)
        if template == "/nodes":
            return [{"node": NODE, "status": "online", "type": "node", "id": f"node/{NODE}"}]
        if names.get("node", NODE) != NODE:
            name = names["node"]
            text = f"failed to get address info for: {name}: Name or service not known"
            raise Refused(500, f"hostname lookup '{name}' failed - {text}")
        if template.startswith("/nodes/{node}/tasks/{upid}"):
            status = self.task_status(names["upid"])
            return [{"n": 1, "t": status.get("exitstatus", "")}] if template.endswith("/log") else status
        for kind in ("qemu", "lxc"):
            if template.startswith(f"/nodes/{{node}}/{kind}"):
                return self.guest_call(kind, method, template.split(kind, 1)[1], names, values, user)
        raise NO_ANSWER

    def cluster(self, template, values):
        if template == "/cluster/nextid":
            return self.next_number(values.get("vmid"))
        if template == "/cluster/resources":
            return [
                {"id": f"{kind}/{vmid}", "type": kind, "node": NODE} | self.summary(kind, vmid)
                for kind, vmid in self.guests
            ]
        raise NO_ANSWER

    def next_number(self, wanted):
        taken = {int(vmid) for _, vmid in self.guests}
        if wanted is None:
            return str(next(number for number in range(100, 1_000_000) if number not in taken))
        if int(wanted) in taken:
            text = f"VM {wanted} already exists"
            raise Refused(400, "Parameter verification failed.", {"vmid": text})
        return str(wanted)

    def guest_call(self, kind, method, rest, names, values, user):
        if rest == "":
            if method == "GET":
                return [self.summary(k, vmid) for k, vmid in self.guests if k == kind]
            return self.create(kind, values, user)
        vmid = names["vmid"]
        guest = self.find(kind, vmid)
        if rest == "/{vmid}" and method == "DELETE":
            self.unlocked(vmid, guest)
            if guest["status"] == "running":
                raise Refused(500, f"VM {vmid} is running - destroy failed")
            del self.guests[kind, vmid]
            return self.task(f"{PREFIXES[kind]}destroy", vmid, user)
        if rest == "/{vmid}/status/current":
            return self.summary(kind, vmid) | {"qmpstatus": guest["status"], "ha": {"managed": 0}}
        if rest == "/{vmid}/config":
            return self.config(method, guest, vmid, values, user)
        if method == "GET" and rest == "/{vmid}/snapshot":
            taken = [{"name": name} | facts for name, facts in guest["snapshots"].items()]
            return [*taken, {"name": "current", "running": 0}]
        if method == "GET":
            raise NO_ANSWER
        return self.act(kind, rest, vmid, names, values, user)

    def create(self, kind, values, user):
        vmid = str(values["vmid"])
        if any(vmid == other for _, other in self.guests):
            raise Refused(500, f"unable to create VM {vmid} - VM {vmid} already exists on node '{NODE}'")
        self.guests[kind, vmid] = self.guest("", "stopped")
        self.guests[kind, vmid]["config"] = {k: v for k, v in values.items() if k not in ("vmid", "node")}
        return self.task(f"{PREFIXES[kind]}create", vmid, user)

    def config(self, method, guest, vmid, values, user):
        if method == "GET":
            lock = {"lock": "clone"} if time.time() < guest.get("locked_until", 0) else {}
            return guest["config"] | lock | {"digest": "0" * 40}
        self.unlocked(vmid, guest)
        for name in str(values.get("delete", "")).split(","):
            guest["config"].pop(name, None)
        guest["config"] |= {k: v for k, v in values.items() if k not in ("node", "vmid", "delete", "digest")}
        return self.task("qmconfig", vmid, user) if method == "POST" else None

    @staticmethod
    def unlocked(vmid, guest):
        if time.time() < guest.get("locked_until", 0):
            raise Refused(500, f"VM is locked (clone) - VM {vmid}")

    def clone(self, kind, source, values):
        new = str(values["newid"])
        if any(new == vmid for _, vmid in self.guests):
            raise Refused(500, f"unable to create VM {new}: config file already exists")
        made = self.guest("", "stopped")
        made["config"] = {k: v for k, v in source["config"].items() if k != "template"}
        given = {k: values[k] for k in ("name", "hostname", "description") if k in values}
        made["config"] |= given
        made["locked_until"] = time.time() + TASK_SECONDS
        self.guests[kind, new] = made

    def act(self, kind, rest, vmid, names, values, user):
        guest, action = self.guests[kind, vmid], rest.rsplit("/", 1)[1]
        is_broken = str(guest["config"].get("name", "")).startswith("broken")
        failed = "command 'kvm' failed: got timeout" if is_broken else None
        if action == "start" and guest["status"] == "running":
            failed = f"VM {vmid} already running"
        if not failed:
            guest["status"] = STATES.get(action, guest["status"])
            if rest == "/{vmid}/snapshot":
                guest["snapshots"][values["snapname"]] = {"description": values.get("description", "")}
            elif action == "clone":
                self.clone(kind, guest, values)
            elif action == "resize":
                name = values["disk"]
                line = guest["config"].get(name, f"local-lvm:vm-{vmid}-disk-0")
                guest["config"][name] = ",".join([line.split(",")[0], f"size={values['size']}"])
            elif action == "{snapname}":
                guest["snapshots"].pop(names["snapname"], None)
        return self.task(PREFIXES[kind] + action.strip("{}"), vmid, user, failed)
