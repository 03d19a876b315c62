from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "gis.ledger"
    label = "ledger"
    verbose_name = "台账"
