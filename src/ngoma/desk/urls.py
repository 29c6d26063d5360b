"""The addresses of the desk."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from ngoma.desk import acting, admin, cases, filing, queue, signing, worklist

SETTINGS = admin
"""Imported for what it registers with Django's admin."""

urlpatterns = [
    path("", signing.start),
    path("login/", signing.Login.as_view()),
    path("logout/", LogoutView.as_view(next_page="/desk/login/")),
    path("language/", signing.language),
    path("<slug:city>/", queue.view),
    path("<slug:city>/work/", worklist.view),
    path("<slug:city>/board/", worklist.board),
    path("<slug:city>/new/", filing.view),
    path("<slug:city>/cases/<slug:reference>/", cases.view),
    path("<slug:city>/cases/<slug:reference>/contact/<int:report>/", cases.reveal),
    path("<slug:city>/cases/<slug:reference>/<slug:name>/", acting.act),
]
