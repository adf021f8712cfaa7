from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "rlsproject"

    def ready(self) -> None:
        from rlsproject import checks  # noqa: F401  (registers them)
