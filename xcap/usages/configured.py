"""Application usages that the operator describes in a TOML file, one table for each AUID."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from lxml import etree

from xcap.documents import schema
from xcap.usages.registry import USAGES, InvalidUsage
from xcap.usages.usage import ApplicationUsage

Converter = Callable[[Any, Path], Any]


def read(path: Path) -> list[ApplicationUsage]:
    """The usages of a file. Raises InvalidUsage, with the AUID and the key that is wrong.

    A table with the AUID of a usage that exists changes only what it names.
    """
    try:
        tables = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidUsage(f"{path}: {error}") from error
    return [_usage(auid, table, path.parent) for auid, table in tables.items()]


def _usage(auid: str, table: object, folder: Path) -> ApplicationUsage:
    if not isinstance(table, Mapping):
        raise InvalidUsage(f'{auid}: write a table, ["{auid}"]')
    fields: dict[str, Any] = dict(_field(auid, key, value, folder) for key, value in table.items())
    known = USAGES.get(auid)
    if known is None and (missing := [key for key, field in _REQUIRED.items() if field not in fields]):
        raise InvalidUsage(f"{auid}: {', '.join(missing)} missing")
    if known and known.computes_global and "global_files" in fields:
        raise InvalidUsage(f"{auid}: global-files: the server makes its global documents")
    usage = replace(known, **fields) if known else ApplicationUsage(auid=auid, **fields)
    try:
        schema.compile_all(usage.schemas)
    except (OSError, etree.LxmlError) as error:
        raise InvalidUsage(f"{auid}: schemas: {error}") from error
    return usage


def _field(auid: str, key: str, value: object, folder: Path) -> tuple[str, object]:
    if key not in _KEYS:
        raise InvalidUsage(f"{auid}: {key} is unknown; there are {', '.join(_KEYS)}")
    field, convert = _KEYS[key]
    try:
        return field, convert(value, folder)
    except (TypeError, ValueError, ImportError, AttributeError, re.error) as error:
        raise InvalidUsage(f"{auid}: {key} = {value!r}: {error}") from error


def _text(value: Any, _folder: Path) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("a text is needed")
    return value


def _number(value: Any, _folder: Path) -> int:
    if not isinstance(value, int) or value < 0:
        raise TypeError("a whole number, 0 or more, is needed")
    return value


def _one_of(*words: str) -> Converter:
    def convert(value: Any, _folder: Path) -> str:
        if value not in words:
            raise ValueError(f"it may be {' or '.join(words)}")
        return str(value)

    return convert


def _pattern(value: Any, folder: Path) -> re.Pattern[str]:
    return re.compile(_text(value, folder))


def _files(value: Any, folder: Path) -> tuple[str, ...]:
    return tuple(str((folder / _text(name, folder)).resolve()) for name in value)


def _functions(value: Any, folder: Path) -> tuple[object, ...]:
    """`package.module:name` for each."""
    parts = [_text(name, folder).partition(":") for name in value]
    return tuple(getattr(import_module(module), name) for module, _, name in parts)


_REQUIRED: Final = {
    "media-type": "media_type",
    "namespace": "namespace",
    "root": "root",
    "number": "doc_type",
}
_KEYS: Final[Mapping[str, tuple[str, Converter]]] = {
    "media-type": ("media_type", _text),
    "namespace": ("namespace", _text),
    "root": ("root", _text),
    "number": ("doc_type", _number),
    "files": ("files", _pattern),
    "global-files": ("global_files", _pattern),
    "schemas": ("schemas", _files),
    "validation": ("validation", _one_of("strict", "lax")),
    "readers": ("readers", _one_of("owner", "users", "everyone")),
    "max-bytes": ("max_bytes", _number),
    "max-documents": ("max_documents", _number),
    "uniqueness": ("uniqueness", _functions),
    "constraints": ("constraints", _functions),
}
