"""Validation by the XML schemas in `xcap/schemas/`."""

from functools import cache
from pathlib import Path
from threading import Lock

from lxml import etree

_SCHEMAS = Path(__file__).parent.parent / "schemas"
_lock = Lock()  # lxml keeps the error log in the schema object


def violation(root: etree._Element, schema: str) -> str | None:
    """What the schema says against the document, None if it is valid."""
    with _lock:
        compiled = _compiled(schema)
        if compiled.validate(root):
            return None
        error = compiled.error_log[0]
        return f"line {error.line}: {error.message}"


@cache
def _compiled(schema: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_SCHEMAS / schema))
