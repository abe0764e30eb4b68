"""XML as connectors of 2013 read it, and bodies that mean harm."""

from xml.etree import ElementTree

import pytest

from approvals.models import Task
from approvals.original.dto.tasks import task_dto, tasks_dto
from approvals.original.links import Links
from approvals.original.media import Form
from approvals.original.xml import from_xml, to_xml
from common.problems import Problem


def links_of(element: ElementTree.Element) -> dict[str, str]:
    return {link.attrib["rel"]: link.attrib["href"] for link in element.findall("link")}


def test_one_task_holds_its_jobs(recorded: Task):
    root = ElementTree.fromstring(to_xml("task", task_dto(recorded, Links(form=Form.XML))))
    assert root.tag == "task"
    assert [job.findtext("type") for job in root.findall("jobs/job")] == ["SCHEDULE", "CONFIGURE", "POWER_ON"]
    assert root.findtext("taskId") == str(recorded.id)
    assert links_of(root)["continue"].startswith("cloud/virtualdatacenters/4328/")


def test_several_tasks_are_children(recorded: Task):
    root = ElementTree.fromstring(to_xml("tasks", tasks_dto([recorded, recorded], Links(), total=2)))
    assert root.tag == "tasks"
    assert root.findtext("totalSize") == "2"
    assert [task.findtext("state") for task in root.findall("task")] == ["QUEUEING", "QUEUEING"]
    assert not root.findall("jobs")


def test_links_name_xml_as_their_type(recorded: Task):
    root = ElementTree.fromstring(to_xml("task", task_dto(recorded, Links(form=Form.XML))))
    types = [link.get("type") for link in root.findall("link") if link.get("rel") == "user"]
    assert types == ["application/vnd.abiquo.user+xml"]


def test_signs_that_xml_cannot_hold_are_replaced():
    root = ElementTree.fromstring(to_xml("job", {"description": "a\x00b\x1b<c>"}))
    assert root.findtext("description") == "a\ufffdb\ufffd<c>"


def test_values_and_links_of_a_body_are_read():
    body = b'<enterprise><link rel="edit" href="x"/><name>Acme</name><workflow>true</workflow></enterprise>'
    assert from_xml(body) == {"links": [{"rel": "edit", "href": "x"}], "name": "Acme", "workflow": "true"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a>",
        b"\xff\xfe\x00",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x">%p;]><a/>',
        b'<?xml version="1.0" encoding="no-such"?><a/>',
        b"<a>" + b"<b/>" * 3000 + b"</a>",
        b"<a>" * 20 + b"</a>" * 20,
        b"<a>" * 20_000 + b"</a>" * 20_000,
    ],
)
def test_harmful_xml_is_refused(body: bytes):
    with pytest.raises(Problem) as caught:
        from_xml(body)
    assert caught.value.code == "bad_xml"
