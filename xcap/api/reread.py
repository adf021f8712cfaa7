"""Read lists again: the counterpart of `rls_update_subscriptions` of OpenSIPS."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from rls import services
from rls.models import Watcher
from xcap import store
from xcap.api.serializers import Strict, text_field
from xcap.api.view import DocumentView


class RereadSerializer(Strict):
    """Whose lists were changed by SQL."""

    owner = text_field(required=False, help_text="whose lists (user@domain); without: everybody's")


class RereadResultSerializer(Strict):
    """What is being read again."""

    documents = serializers.IntegerField(
        allow_null=True, help_text="documents that were read; null: the SIP workers look at all lists"
    )


class UpdateSubscriptions(DocumentView):
    """For operators, after somebody changed the tables by SQL."""

    model = Watcher
    subscriber_methods: tuple[str, ...] = ()

    @extend_schema(request=RereadSerializer, responses={202: RereadResultSerializer})
    def post(self, request: Request) -> Response:
        """Compare running subscriptions with the lists as they are in the database now.

        With an owner, the services of this user are also looked for in the documents anew.
        """
        reader = RereadSerializer(data=request.data)
        reader.is_valid(raise_exception=True)
        owner = reader.validated_data.get("owner")
        if owner is None:
            services.all_lists_changed()
            return Response({"documents": None}, status=202)
        return Response({"documents": store.reread(self.owner(owner))}, status=202)
