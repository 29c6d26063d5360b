"""The addresses of this door."""

from django.urls import path

from ngoma.channels import outbox, reports, stopping

urlpatterns = [
    path("channels/africastalking/<str:word>/", reports.africastalking),
    path("channels/twilio/<int:notice>/", reports.twilio),
    path("channels/stop/<str:secret>/", stopping.stop),
    path("outbox/", outbox.outbox),
]
