"""News that incidents announces upward."""

from django.dispatch import Signal

# Sent inside the transaction, with report.
report_received = Signal()
