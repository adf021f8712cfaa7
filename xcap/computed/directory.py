"""directory.xml: which documents a user has (OMA XDM 1.1, org.openmobilealliance.xcap-directory)."""

from itertools import groupby
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from django.db.models.functions import Length

from rls.models import Subscriber
from xcap.models import Document
from xcap.namespaces import XCAP_DIRECTORY_NS
from xcap.selectors import DocumentSelector, Xui
from xcap.usages import usage_of


def directory(owner: Xui, root: str) -> bytes | None:
    """None for an unknown user. `root` is the absolute URI of the XCAP root."""
    who = {"username": owner.username, "domain": owner.domain}
    if not Subscriber.objects.filter(**who).exists():
        return None
    rows = Document.objects.filter(**who).order_by("doc_type", "doc_uri")
    folders = groupby(rows.values_list("doc_type", "doc_uri", "etag", Length("doc")), key=lambda row: row[0])
    content = "".join(_folder(owner, root, doc_type, list(rows)) for doc_type, rows in folders)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<xcap-directory xmlns="{XCAP_DIRECTORY_NS}">\n'
        f"{content}</xcap-directory>\n"
    ).encode()


def _folder(owner: Xui, root: str, doc_type: int, rows: list[tuple[int, str, str, int]]) -> str:
    usage = usage_of(doc_type)
    if usage is None:
        return ""
    home = root + DocumentSelector(usage.auid, owner, "").home()
    entries = "".join(
        f'    <entry uri={quoteattr(home + quote(path))} etag={quoteattr(etag)} size="{size}"/>\n'
        for _, path, etag, size in rows
    )
    return f"  <folder auid={quoteattr(usage.auid)}>\n{entries}  </folder>\n"
