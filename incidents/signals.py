"""News that incidents announces upward."""

from django.dispatch import Signal

# Sent inside the transaction, with report.
report_received = Signal()

# Sent inside the transaction, with case and event: something was done to a case.
incident_changed = Signal()
