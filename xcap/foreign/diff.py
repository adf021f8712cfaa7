"""What a foreign server says of changes (RFC 5874): only which documents; they are fetched anyway."""

from rls.domain import xmlinput

MEDIA_TYPE = "application/xcap-diff+xml"


def changed(body: bytes) -> set[str]:
    """Selectors below the root of the documents that a report names; none of what is no report."""
    try:
        root = xmlinput.parse(body)
    except xmlinput.MalformedXml:
        return set()
    return {sel for element in root if (sel := element.get("sel", "").partition("/~~/")[0])}
