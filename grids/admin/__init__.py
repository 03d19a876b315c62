"""The desk of an administrator: every table of the territory, with maps, without any other host."""

from django.contrib import admin

from grids.admin import editions, people, places, stations, territory, users

__all__ = ["editions", "people", "places", "stations", "territory", "users"]

admin.site.site_header = "网格管理后台 · Wangge administration"
admin.site.site_title = "网格 Wangge"
admin.site.index_title = "数据与人员 · Data and people"
admin.site.site_url = "/"
