"""Settings as environment variables: how one is described and how its text is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

Value = str | int | float | bool | list[str]


class Kind(Enum):
    """What the text of a variable has to look like."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    FLAG = "1 or 0"
    LIST = "comma-separated list"


TEXT, WHOLE, NUMBER, FLAG, LIST = Kind.TEXT, Kind.WHOLE, Kind.NUMBER, Kind.FLAG, Kind.LIST


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable; `default` is what one would write into `.env`.

    `live`: operators may change it in the admin while everything runs.
    """

    name: str
    kind: Kind
    default: str
    unit: str
    help: str
    live: bool = False

    def read(self, text: str) -> Value:
        """Raises ValueError with what was expected."""
        try:
            return _READ[self.kind](text.strip())
        except ValueError:
            unit = f" ({self.unit})" if self.unit else ""
            raise ValueError(f"{self.name}={text!r} has to be a {self.kind.value}{unit}.") from None


def text_of(value: object) -> str:
    """As one would write it into the environment."""
    if isinstance(value, list):
        return ",".join(value)
    if isinstance(value, bool):
        return str(int(value))
    return str(value).removesuffix(".0")


@dataclass(frozen=True, slots=True)
class Section:
    """Settings that belong together, for the reader's sake."""

    title: str
    settings: tuple[Setting, ...]


_from_file: set[str] = set()
"""Variables that have what the file says: it may say something else when it is read again."""


def load_env_file(project: Path) -> None:
    """Add what `.env` (or the file named by RLS_ENV_FILE) says to the environment, which wins.

    Read again, the file replaces what it said before.
    """
    name = os.environ.get("RLS_ENV_FILE", ".env")
    if not name or not (project / name).is_file():
        return
    for variable in _from_file:
        os.environ.pop(variable, None)
    before = set(os.environ)
    environ.Env.read_env(project / name)
    _from_file.clear()
    _from_file.update(set(os.environ) - before)


def read(settings: Iterable[Setting], source: Mapping[str, str]) -> dict[str, Value]:
    """The values by name; an absent or empty variable has its default.

    Raises ImproperlyConfigured with the name, the text and what was expected.
    """
    return {setting.name: _value(setting, source.get(setting.name, "")) for setting in settings}


def _value(setting: Setting, text: str) -> Value:
    try:
        return setting.read(text.strip() or setting.default)
    except ValueError as error:
        raise ImproperlyConfigured(f"{error} {setting.help}") from None


def _flag(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True}
    known |= {"0": False, "false": False, "no": False, "off": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


def _list(text: str) -> list[str]:
    return [element for raw in text.split(",") if (element := raw.strip())]


_READ: dict[Kind, Callable[[str], Value]] = {
    Kind.TEXT: str,
    Kind.WHOLE: int,
    Kind.NUMBER: float,
    Kind.FLAG: _flag,
    Kind.LIST: _list,
}
