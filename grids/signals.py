"""News that grids announces upward."""

from django.dispatch import Signal

# Sent inside the transaction with edition, former (or None) and at (aware datetime).
edition_in_force = Signal()
