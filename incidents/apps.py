from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = "诉求"

    def ready(self) -> None:
        # Registers what keeps the promises of this app, and what it listens to.
        from incidents import receivers, workdays  # noqa: F401
        from incidents.near import cases_near
        from patrols import nearby

        nearby.register("cases", cases_near)
