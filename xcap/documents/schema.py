"""Validation by XML schemas: ours in `xcap/schemas/`, and files of the operator."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_SCHEMAS: Final = Path(__file__).parent.parent / "schemas"
_OURS: Final = tuple(path.name for path in _SCHEMAS.glob("*.xsd"))
_lock = Lock()  # lxml keeps the error log in the schema object


def violation(root: etree._Element, schemas: tuple[str, ...]) -> str | None:
    """What the schemas say against the document, None if it is valid."""
    if not schemas:
        return None
    with _lock:
        compiled = _compiled(schemas)
        if not compiled.validate(root):
            error = compiled.error_log[0]
            return f"line {error.line}: {error.message}"
    return _undeclared(root, _declared(schemas))


def compile_all(schemas: tuple[str, ...]) -> None:
    """Raises OSError or lxml.etree.LxmlError for schemas that cannot be used."""
    if schemas:
        _compiled(schemas)


def target_namespaces(schemas: Sequence[str]) -> list[str]:
    """The namespaces for which there is a schema."""
    return [_read(schema).get("targetNamespace", "") for schema in schemas]


def _undeclared(root: etree._Element, declared: dict[str, frozenset[str]]) -> str | None:
    """The schemas' wildcards let everything pass, but not what a namespace that we know does not have.

    RFC 4825 section 8.2.5: what is said to be understood has to be.
    """
    for name in map(etree.QName, {str(element.tag) for element in root.iter("*")}):
        if name.localname not in declared.get(name.namespace or "", (name.localname,)):
            return f"the namespace {name.namespace} has no element {name.localname}"
    return None


@cache
def _compiled(schemas: tuple[str, ...]) -> etree.XMLSchema:
    """Several schemas as one; of no namespace itself, it takes a root element of any of them."""
    imports = "".join(
        f"<xs:import namespace={quoteattr(namespace)} schemaLocation={quoteattr(_path(schema).as_uri())}/>"
        for schema, namespace in zip(schemas, target_namespaces(schemas), strict=True)
    )
    text = f'<xs:schema xmlns:xs="{_XS[1:-1]}">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(text))


@cache
def _declared(schemas: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Names of the elements that each namespace of ours and of `schemas` has, at whatever place."""
    names: dict[str, frozenset[str]] = {}
    for schema in map(_read, (*_OURS, *schemas)):
        elements = (element.get("name") for element in schema.iter(f"{_XS}element"))
        names[schema.get("targetNamespace", "")] = frozenset(filter(None, elements))
    return names


@cache
def _read(schema: str) -> etree._Element:
    return etree.parse(_path(schema)).getroot()


def _path(schema: str) -> Path:
    return _SCHEMAS / schema
