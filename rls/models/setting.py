from django.db import models


class ChangedSetting(models.Model):
    """A setting that operators gave another value than the environment does, while everything runs."""

    name = models.TextField(primary_key=True)
    value = models.TextField(blank=True, help_text="as one would write it into the environment")

    class Meta:
        db_table = "rls_settings"
        verbose_name = "setting"

    def __str__(self) -> str:
        return self.name
