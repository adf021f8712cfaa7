"""The checks of a document PUT in the order of RFC 4825 sections 8.2.2 and 8.2.5."""

from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from lxml import etree

from rls.domain import xmlinput
from xcap.documents import schema
from xcap.documents.constraints import Surroundings
from xcap.errors import Conflict

if TYPE_CHECKING:
    from xcap.usages import ApplicationUsage


_REPORTED: Final = 20


def validate(body: bytes, usage: "ApplicationUsage", surroundings: Surroundings) -> etree._Element:
    """The root element of a document that may be stored. Raises Conflict."""
    root = parse(body)
    examine(root, len(body), usage, surroundings)
    return root


def examine(root: etree._Element, size: int, usage: "ApplicationUsage", surroundings: Surroundings) -> None:
    """What comes after parsing; `size` is that of the document in bytes. Raises Conflict."""
    if usage.max_bytes and size > usage.max_bytes:
        raise Conflict(
            "constraint-failure", f"{usage.auid} takes documents of {usage.max_bytes} bytes at most"
        )
    if problem := _violation(root, usage):
        raise Conflict("schema-validation-error", problem)
    clashes = chain.from_iterable(check(root, surroundings) for check in usage.uniqueness)
    # Each costs a walk or a query: a hostile document may have any number of them.
    if taken := list(islice(clashes, _REPORTED)):
        raise Conflict("uniqueness-failure", "this value must be unique", exists=taken)
    for check in usage.constraints:
        for problem in check(root, surroundings):
            raise Conflict("constraint-failure", problem)


def _violation(root: etree._Element, usage: "ApplicationUsage") -> str | None:
    if root.tag != usage.root:
        return f"the root element is {root.tag!s}, not {usage.root}"
    return None if usage.validation == "lax" else schema.violation(root, usage.schemas)


def parse(body: bytes) -> etree._Element:
    """The root element of a well-formed UTF-8 document without DOCTYPE. Raises Conflict."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise Conflict("not-utf-8", str(error)) from error
    try:
        root = xmlinput.parse(body)
    except xmlinput.MalformedXml as error:
        raise Conflict("not-well-formed", str(error)) from error
    encoding = root.getroottree().docinfo.encoding or "UTF-8"
    if encoding.upper() not in ("UTF-8", "UTF8"):
        raise Conflict("not-utf-8", f"the document says that it is encoded in {encoding}")
    return root
