"""The pages of this app; its API is in `incidents.urls`."""

from django.urls import path

from incidents.views import desk, duplicates, resident, rules

urlpatterns = [
    path("report/", resident.report_page, name="report"),
    path("desk/phone/", desk.phone_page, name="phone_desk"),
    path("enterprise/", resident.enterprise_page, name="enterprise"),
    path("report/<str:number>", resident.follow_page, name="report_follow"),
    path("desk/cases/<str:number>/duplicates", duplicates.duplicates, name="case_duplicates"),
    path("desk/rules/", rules.rules, name="rules"),
]
