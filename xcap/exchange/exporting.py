"""Stored lists as records."""

from collections.abc import Iterator

from django.db.models import QuerySet
from lxml import etree

from rls.domain import xmlinput
from xcap.documents import labels
from xcap.documents.entries import entries
from xcap.exchange.record import Record
from xcap.models import Document
from xcap.usages import RESOURCE_LISTS, RLS_SERVICES


def documents(user: str = "") -> QuerySet[Document]:
    """The documents of users that hold lists, all or those of one (`name@domain`)."""
    found = Document.objects.filter(
        doc_type__in=(RESOURCE_LISTS.doc_type, RLS_SERVICES.doc_type), doc_uri="index"
    ).exclude(username="", domain="")
    if user:
        username, _, domain = user.removeprefix("sip:").rpartition("@")
        found = found.filter(username=username, domain=domain)
    return found.order_by("domain", "username", "doc_type")


def export_document(document: Document, list_name: str = "") -> tuple[list[Record], list[str]]:
    """The entries of its lists, or of one; and in words what a table or card cannot hold."""
    user = f"{document.username}@{document.domain}"
    try:
        root = xmlinput.parse(bytes(document.doc))
    except xmlinput.MalformedXml as error:
        return [], [f"{document}: {error}"]
    records: list[Record] = []
    left_out: list[str] = []
    for label, element in labels.labelled(root):
        if list_name in ("", label):
            records += [Record(user, label, each.uri, each.display_name) for each in entries(element)]
            left_out += _references(user, label, element)
    return records, left_out


def _references(user: str, label: str, element: etree._Element) -> Iterator[str]:
    for child in element.iterchildren("{*}entry-ref", "{*}external"):
        target = child.get("ref") or child.get("anchor") or ""
        yield f"{user}, list {label}: a reference to {target}"
