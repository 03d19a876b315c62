"""一事一考: every closed case is scored and explained, and units are compared fairly by it.

Indicators and the scored parts follow the comprehensive evaluation of GB/T 30428 and the hotline's
GB/T 33358; the weights are a place's own (`Scheme`).
"""
