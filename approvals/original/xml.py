"""The same objects as XML: links are elements with attributes, lists are elements named after what they hold."""

from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml import ElementTree as guarded
from defusedxml.common import DefusedXmlException

from approvals.original.links import Dto
from common.problems import bad_value

ITEMS: Final = {
    "tasks": "task",
    "jobs": "job",
    "errors": "error",
    "users": "user",
    "userswithroles": "userWithRole",
    "enterprises": "enterprise",
    "harddisks": "disk",
    "iscsivolumes": "volume",
    "virtualappliances": "virtualappliance",
    "systemproperties": "systemproperty",
    "privileges": "privilege",
    "applications": "application",
    "virtualmachines": "virtualmachine",
}
"""What the entries of each list are called."""
ROOTS: Final = {"userswithroles": "users", "harddisks": "disks", "iscsivolumes": "volumes"}
"""Lists whose element is not called as their media type."""
MOST_DEPTH: Final = 8
MOST_ELEMENTS: Final = 2000


def to_xml(root: str, dto: Dto) -> bytes:
    """A whole document; `root` is the entity, which names the outermost element."""
    made = _element(root, dto)
    made.tag = ROOTS.get(root, root)
    body: bytes = tostring(made, encoding="utf-8", xml_declaration=True)
    return body


def _element(name: str, dto: Dto) -> Element:
    made = Element(name)
    for link in dto.get("links", ()):
        SubElement(made, "link", {key: str(value) for key, value in link.items()})
    for key, value in dto.items():
        if key == "collection":
            made.extend([_element(ITEMS.get(name, "item"), one) for one in value])
        elif isinstance(value, dict):
            made.append(_element(key, value))
        elif key != "links" and value is not None:
            SubElement(made, key).text = _text(value)
    return made


def _text(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "".join(sign if _is_allowed(sign) else "\ufffd" for sign in text)


def _is_allowed(sign: str) -> bool:
    """Whether XML 1.0 can hold the sign at all."""
    code = ord(sign)
    return sign in "\t\n\r" or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def from_xml(body: bytes) -> Dto:
    """The flat values of a document's outermost element and its links; all values are texts.

    Raises:
        Problem: 400 `bad_xml`; document types and entities are refused, whatever they hold.
    """
    try:
        root = guarded.fromstring(body, forbid_dtd=True)
    except (DefusedXmlException, guarded.ParseError, ValueError, LookupError, RecursionError) as error:
        raise bad_value(
            "bad_xml",
            "The body is no XML that can be read.",
            hint="Send one element in UTF-8, without a document type.",
        ) from error
    return _values(root)


def _values(root: Element) -> Dto:
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS or _depth(root) > MOST_DEPTH:
        raise bad_value("bad_xml", "The XML is too large.", hint="Send only what is to change.")
    found: Dto = {"links": [dict(one.attrib) for one in root.findall("link")]}
    for child in root:
        if child.tag != "link":
            found[child.tag] = _values(child) if len(child) else (child.text or "").strip()
    return found


def _depth(element: Element) -> int:
    deepest, layer = 0, [element]
    while layer and deepest <= MOST_DEPTH:
        layer = [child for one in layer for child in one]
        deepest += 1
    return deepest
