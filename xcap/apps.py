from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import pre_delete

from xcap.selectors import Xui
from xcap.usages import InvalidUsage, install
from xcap.usages.configured import read


def take_documents_along(instance: Any, **signal: Any) -> None:
    """Whoever deletes a subscriber, the documents go in the same transaction."""
    from xcap import store

    store.delete_all(Xui(instance.username, instance.domain), "deletion of the subscriber")


class XcapConfig(AppConfig):
    name = "xcap"
    verbose_name = "XCAP documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_delete.connect(take_documents_along, sender="rls.Subscriber")
        try:
            if settings.RLS_XCAP_USAGES:
                install(read(settings.BASE_DIR / settings.RLS_XCAP_USAGES))
        except InvalidUsage as error:
            raise ImproperlyConfigured(f"RLS_XCAP_USAGES: {error}") from error
