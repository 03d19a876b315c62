from django.urls import path

from incidents.api.actions import ActionView
from incidents.api.assessment import AssessmentView, CsvView, XlsxView
from incidents.api.channels import ChannelListView
from incidents.api.detail import IncidentView
from incidents.api.following import FollowPhotoView, FollowView
from incidents.api.incidents import CategoryListView, IncidentListView
from incidents.api.nearby import AddressView, NearbyView
from incidents.api.photos import PhotoListView, PhotoView
from incidents.api.reports import ReportView

app_name = "incidents"
urlpatterns = [
    path("reports", ReportView.as_view(), name="reports"),
    path("reports/nearby", NearbyView.as_view(), name="nearby"),
    path("reports/<str:number>", FollowView.as_view(), name="follow"),
    path(
        "reports/<str:number>/photos/<uuid:photo>", FollowPhotoView.as_view(), name="follow_photo"
    ),
    path("addresses", AddressView.as_view(), name="addresses"),
    path("photos", PhotoListView.as_view(), name="photos"),
    path("photos/<uuid:photo>", PhotoView.as_view(), name="photo"),
    path("incidents", IncidentListView.as_view(), name="incidents"),
    path("incidents/<str:number>", IncidentView.as_view(), name="incident"),
    path(
        "incidents/<str:number>/actions/<str:action>", ActionView.as_view(), name="incident_action"
    ),
    path("assessment", AssessmentView.as_view(), name="assessment"),
    path("assessment.csv", CsvView.as_view(), name="assessment_csv"),
    path("assessment.xlsx", XlsxView.as_view(), name="assessment_xlsx"),
    path("channels", ChannelListView.as_view(), name="channels"),
    path("categories", CategoryListView.as_view(), name="categories"),
]
