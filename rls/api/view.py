"""The base of all views of the API."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.cache import patch_cache_control
from rest_framework.exceptions import APIException, NotFound, ParseError
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rls.api import problems
from rls.api.principals import AUTHENTICATION
from rls.api.scope import ACTIONS, Scope
from rls.api.throttle import Throttle


class Json(JSONParser):
    """JSON that is nested deeper than Python can read is a bad request, not a fault."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deep.") from error


class ApiView(APIView):
    """JSON in and out, problems for errors.

    Operators need the admin's permission for `model`; which one each method asks for is in `actions`.
    Subscribers may use `subscriber_methods`.
    """

    model: type[Model]
    actions: Mapping[str, str] = ACTIONS
    subscriber_methods: tuple[str, ...] = ()

    authentication_classes = AUTHENTICATION
    permission_classes: Sequence[type[BasePermission]] = (Scope,)
    throttle_classes = (Throttle,)
    parser_classes: Sequence[type[BaseParser]] = (Json,)
    renderer_classes: Sequence[type[BaseRenderer]] = (JSONRenderer,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Throttled before permissions are looked at: guessing costs, too."""
        self.format_kwarg = self.get_format_suffix(**kwargs)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        try:
            self.perform_authentication(request)
        except APIException:
            self.check_throttles(request)
            raise
        self.check_throttles(request)
        self.check_permissions(request)
        if int(request.META.get("CONTENT_LENGTH") or 0) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or math.inf):
            raise problems.TooLarge

    def get_exception_handler(self) -> Any:
        return problems.handle

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        if response.status_code >= 400:
            response.content_type = problems.MEDIA_TYPE
        return response

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """What one may see no cache keeps for others."""
        patch_cache_control(response, private=True, no_cache=True)
        return super().finalize_response(request, response, *args, **kwargs)


class NoSuchPath(ApiView):
    """Everything below the API that is nothing."""

    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound("There is nothing at this path. See /api/v1/docs for what there is.")


def described(endpoints: list[tuple[Any, ...]], **_: Any) -> list[tuple[Any, ...]]:
    """Preprocessing hook of drf-spectacular: our views, and neither XCAP nor the page of the API."""
    return [each for each in endpoints if issubclass(each[3].cls, ApiView) and each[3].cls is not NoSuchPath]
