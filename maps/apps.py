from django.apps import AppConfig


class MapsConfig(AppConfig):
    name = "maps"
    verbose_name = "地图"

    def ready(self) -> None:
        # Registers what keeps the promises of this app, and what it listens to.
        from maps import receivers  # noqa: F401
