from django.urls import path

from maps.views import (
    assessment,
    case_tiles,
    cases,
    clearance,
    coverage,
    notices,
    page,
    patrol_days,
    sign_in,
    staleness,
    tiles,
    wall,
)

urlpatterns = [
    path("", page.index, name="index"),
    path("map/", page.map_page, name="map"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<str:number>", cases.case, name="case"),
    path("assessment/", assessment.assessment, name="assessment"),
    path("assessment/notices/", notices.notices_page, name="notices"),
    path("assessment/cases/<str:number>", assessment.case_score, name="assessment_case"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("staleness/", staleness.staleness, name="staleness"),
    path("patrols/day/", patrol_days.patrol_day, name="patrol_day"),
    path("desk/clearance/", clearance.clearance, name="clearance"),
    path("desk/clearance/cases", clearance.clearance_cases, name="clearance_cases"),
    path("wall/", wall.wall, name="wall"),
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", sign_in.SignOut.as_view(), name="logout"),
    path("language/", sign_in.choose_language, name="language"),
    path("tiles/cases/<str:z>/<str:x>/<str:y>.mvt", case_tiles.case_tile, name="case_tile"),
    path("tiles/<str:layer>.json", tiles.tilejson, name="tilejson"),
    path("tiles/<str:layer>/<str:z>/<str:x>/<str:y>.mvt", tiles.tile, name="tile"),
]
