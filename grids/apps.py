from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = "网格与责任"

    def ready(self) -> None:
        # Registers what keeps the promises of this app.
        from grids.services import lineage  # noqa: F401
