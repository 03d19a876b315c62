from django.urls import path

from maps.views import page, sign_in, tiles

urlpatterns = [
    path("", page.index, name="index"),
    path("map/", page.map_page, name="map"),
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", sign_in.SignOut.as_view(), name="logout"),
    path("language/", sign_in.choose_language, name="language"),
    path("tiles/<str:layer>.json", tiles.tilejson, name="tilejson"),
    path("tiles/<str:layer>/<str:z>/<str:x>/<str:y>.mvt", tiles.tile, name="tile"),
]
