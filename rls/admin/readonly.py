"""The admin of tables that only the server itself writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin, TabularInline

from rls.admin.paginator import EstimatedPaginator


class NobodyWrites:
    """No permission but to look."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class UnfilteredIsFull(ChangeList):
    """Without a filter there is nothing more to show, which the heading needs to know."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not (self.query or self.has_active_filters):
            self.full_result_count = self.result_count


class ReadOnlyAdmin(NobodyWrites, ModelAdmin):  # type: ignore[misc]
    """Lists that stay fast with 100 000 rows: newest first by key, no full counts."""

    actions = None
    ordering: tuple[str, ...] = ("-pk",)
    paginator = EstimatedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    list_fullwidth = True
    list_prefetch_related: tuple[str, ...] = ()
    find_word: Callable[[str], Q] | None = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related(*self.list_prefetch_related)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Every word has to fit, by `find_word` if there is one."""
        if self.find_word is None:
            found: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, search_term)
            return found
        for word in search_term.split():
            queryset = queryset.filter(self.find_word(word))
        return queryset, False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return UnfilteredIsFull

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Without a link to the history of changes by operators, who make none."""
        response: HttpResponse = super().changeform_view(
            request, object_id, form_url, {"show_history": False, **(extra_context or {})}
        )
        return response

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        context |= self.beside(obj) if obj is not None else {}
        response: HttpResponse = super().render_change_form(request, context, obj=obj, **kwargs)
        return response

    def beside(self, obj: Any) -> dict[str, Any]:
        """What the page of one object shows besides its fields."""
        return {}


class ReadOnlyInline(NobodyWrites, TabularInline):  # type: ignore[misc]
    extra = 0
    can_delete = False
    hide_title = True

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Sequence[Any]:
        return self.get_fields(request, obj)  # type: ignore[no-any-return]
