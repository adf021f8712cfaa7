"""Columns and fields that show one attribute of a row in a way of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin


def drawn(
    attribute: str, draw: Callable[[Any], Any], title: str = "", *, sortable: bool = False
) -> Callable[[Any], Any]:
    """For `list_display` and `fieldsets`: `draw` of the attribute, titled with its name unless told."""

    @admin.display(description=title or attribute.replace("_", " "), ordering=attribute if sortable else None)
    def field(row: Any) -> Any:
        return draw(getattr(row, attribute))

    # Not the attribute's own name: the title says enough, and the page would add its help text.
    field.__name__ = f"shown_{attribute}"
    return field
