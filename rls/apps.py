from django.apps import AppConfig


class RlsConfig(AppConfig):
    name = "rls"
    verbose_name = "Resource list server"
    default_auto_field = "django.db.models.BigAutoField"
