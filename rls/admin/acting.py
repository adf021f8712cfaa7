"""Orders given in the admin: asked once more, written down with who gave them, carried out by a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin


class Actors:
    """Who may do what, for admins with such actions (unfold looks for these methods)."""

    def has_act_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("rls.add_order")

    def has_record_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("rls.add_trace")


@dataclass(frozen=True, slots=True)
class Question:
    """What the operator is asked before it is done. `choices`: (value, words), the first is chosen."""

    title: str
    text: str
    button: str
    choices: tuple[tuple[str, str], ...] = ()
    asked: str = ""
    danger: bool = False


def row_of(model_admin: ModelAdmin, request: HttpRequest, object_id: str) -> Any:
    """Raises Http404 for what is no key, too."""
    row = model_admin.get_object(request, object_id)
    if row is None:
        raise Http404
    return row


def confirmed(
    model_admin: ModelAdmin,
    request: HttpRequest,
    row: Model,
    question: Question,
    do: Callable[[str], str],
) -> HttpResponse:
    """The question; a POST is the answer: `do(choice)` returns what is to be told, and it is logged."""
    if request.method == "POST":
        allowed = [value for value, _ in question.choices] or [""]
        choice = request.POST.get("choice", allowed[0])
        with transaction.atomic():
            said = do(choice if choice in allowed else allowed[0])
            model_admin.log_change(request, row, f"{question.button}: {said}")
        messages.success(request, said)
        return redirect(f"admin:rls_{row._meta.model_name}_change", row.pk)
    request.current_app = model_admin.admin_site.name
    context: dict[str, Any] = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": question.title,
        "question": question,
        "row": row,
    }
    return TemplateResponse(request, "rls/confirm.html", context)
