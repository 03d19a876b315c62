from django.urls import path

from incidents.api.actions import ActionView
from incidents.api.assessment import AssessmentView, CsvView, XlsxView
from incidents.api.channels import ChannelListView
from incidents.api.contacts import ContactsView
from incidents.api.detail import IncidentView
from incidents.api.duplicates import DuplicatesView, NotDuplicatesView
from incidents.api.filters import FilterListView, FilterView
from incidents.api.following import FollowPhotoView, FollowView
from incidents.api.incidents import CategoryListView, IncidentListView
from incidents.api.nearby import AddressView, NearbyView
from incidents.api.photos import PhotoListView, PhotoView
from incidents.api.queue import QueueView
from incidents.api.reports import ReportView
from incidents.api.surveying import SurveyView
from incidents.api.webhook import WebhookView

app_name = "incidents"
urlpatterns = [
    path("reports", ReportView.as_view(), name="reports"),
    path("reports/nearby", NearbyView.as_view(), name="nearby"),
    path("reports/<str:number>", FollowView.as_view(), name="follow"),
    path("reports/<str:number>/survey", SurveyView.as_view(), name="survey"),
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
    path("incidents/<str:number>/contacts", ContactsView.as_view(), name="incident_contacts"),
    path("queue", QueueView.as_view(), name="queue"),
    path("filters", FilterListView.as_view(), name="filters"),
    path("filters/<int:pk>", FilterView.as_view(), name="filter"),
    path("channels/<str:channel>/webhook", WebhookView.as_view(), name="webhook"),
    path("incidents/<str:number>/duplicates", DuplicatesView.as_view(), name="duplicates"),
    path(
        "incidents/<str:number>/not-duplicates", NotDuplicatesView.as_view(), name="not_duplicates"
    ),
    path("assessment", AssessmentView.as_view(), name="assessment"),
    path("assessment.csv", CsvView.as_view(), name="assessment_csv"),
    path("assessment.xlsx", XlsxView.as_view(), name="assessment_xlsx"),
    path("channels", ChannelListView.as_view(), name="channels"),
    path("categories", CategoryListView.as_view(), name="categories"),
]
