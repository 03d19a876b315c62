from django.urls import path

from incidents.api.reports import ReportView

app_name = "incidents"
urlpatterns = [
    path("reports", ReportView.as_view(), name="reports"),
]
