from django.apps import AppConfig


class XcapConfig(AppConfig):
    name = "xcap"
    verbose_name = "XCAP documents"
    default_auto_field = "django.db.models.BigAutoField"
