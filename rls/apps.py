from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class RlsConfig(AppConfig):
    name = "rls"
    verbose_name = "Resource list server"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from rls.models import ChangedSetting, CompatibilityProfile
        from rls.services import profiles_changed, settings_changed

        for signal in (post_save, post_delete):
            signal.connect(profiles_changed, sender=CompatibilityProfile)
            signal.connect(settings_changed, sender=ChangedSetting)
