"""The addresses of this door."""

from django.urls import path

from ngoma.channels import (
    bridge,
    kakao,
    outbox,
    reports,
    simple,
    sms,
    speech,
    stopping,
    telegram,
    ussd,
    voice,
    whatsapp,
)
from ngoma.look.addresses import below_cities

SIMPLE = [
    path("simple", simple.begin),
    path("simple/<str:token>", simple.go_on),
]

urlpatterns = [
    path("channels/africastalking/<str:word>/", reports.africastalking),
    path("channels/africastalking/<str:word>/ussd/<slug:city>/", ussd.callback),
    path("channels/africastalking/<str:word>/sms/<slug:city>/", sms.africastalking),
    path("channels/africastalking/<str:word>/voice/<slug:city>/", voice.africastalking),
    path("channels/twilio/voice/<slug:city>/", voice.twilio),
    path("channels/twilio/sms/<slug:city>/", sms.twilio),
    path("channels/twilio/<int:notice>/", reports.twilio),
    path("channels/bridge/<slug:city>", bridge.callback),
    path("channels/kakao/<str:word>/<slug:city>/", kakao.callback),
    path("channels/kannel/<str:word>/sms/<slug:city>/", sms.kannel),
    path("channels/kannel/<str:word>/report/<int:notice>/", reports.kannel),
    path("channels/telegram/<slug:city>/", telegram.callback),
    path("channels/voice/<str:name>", speech.recorded),
    path("channels/voice/said/<str:secret>", speech.made),
    path("channels/whatsapp/<slug:city>/", whatsapp.callback),
    path("channels/stop/<str:secret>/", stopping.stop),
    path("outbox/", outbox.outbox),
    *SIMPLE,
    *below_cities(SIMPLE),
]
