from django.apps import AppConfig


class PatrolsConfig(AppConfig):
    name = "patrols"
    verbose_name = "巡查"

    def ready(self) -> None:
        # Registers what this app listens to.
        from patrols import receivers  # noqa: F401
