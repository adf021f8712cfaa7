from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from xcap.usages import InvalidUsage, install
from xcap.usages.configured import read


class XcapConfig(AppConfig):
    name = "xcap"
    verbose_name = "XCAP documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        try:
            if settings.RLS_XCAP_USAGES:
                install(read(settings.BASE_DIR / settings.RLS_XCAP_USAGES))
        except InvalidUsage as error:
            raise ImproperlyConfigured(f"RLS_XCAP_USAGES: {error}") from error
