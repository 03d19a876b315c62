"""The pages of this app; its API is in `incidents.urls`."""

from django.urls import path

from incidents.views import desk, duplicates, duty, phone, printing, resident, rules

urlpatterns = [
    path("desk/", desk.desk_page, name="desk"),
    path("desk/duty/", duty.duty_page, name="duty"),
    path("desk/cases/<str:number>/sheet", printing.sheet, name="desk_sheet"),
    path("desk/cases/<str:number>/print", printing.case, name="desk_print"),
    path("report/", resident.report_page, name="report"),
    path("desk/phone/", phone.phone_page, name="phone_desk"),
    path("enterprise/", resident.enterprise_page, name="enterprise"),
    path("report/<str:number>", resident.follow_page, name="report_follow"),
    path("desk/cases/<str:number>/duplicates", duplicates.duplicates, name="case_duplicates"),
    path("desk/rules/", rules.rules, name="rules"),
]
