"""The admin's ways to draw rows, for its templates."""

from __future__ import annotations

from django import template

from rls.drawing import badges, times

register = template.Library()
register.filter("moment", times.moment)
register.filter("deadline", times.deadline)
register.filter("sign_of_life", times.sign_of_life)
register.filter("at", times.at)
register.filter("status", badges.status)


@register.filter
def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


@register.filter
def total(figures: list[tuple[str, int]]) -> int:
    return sum(figure[1] for figure in figures)
