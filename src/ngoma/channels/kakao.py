"""KakaoTalk: a skill of the city's chatbot, asked for every answer and answered at once
(https://kakaobusiness.gitbook.io/main/tool/chatbot/skill_guide/answer_json_format)."""

from hmac import compare_digest

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseForbidden,
    JsonResponse,
)
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from msgspec import Struct

from ngoma.base.parsing import Unparsable, parsed
from ngoma.channels.cities import city_of
from ngoma.channels.dialogue import talks
from ngoma.channels.dialogue.doing import Caller
from ngoma.channels.dialogue.script import script

LONGEST_TEXT, LONGEST_LABEL = 1000, 14
"""Characters of a text, and of a button."""


class _User(Struct, frozen=True):
    id: str


class _Asked(Struct, frozen=True):
    user: _User
    utterance: str = ""


class _Skill(Struct, frozen=True, rename="camel"):
    user_request: _Asked


@csrf_exempt
@require_POST
def callback(request: HttpRequest, word: str, city: str) -> HttpResponse:
    """What somebody says to the bot. Kakao signs nothing: the address holds NGOMA_KAKAO_HOOK."""
    expected = settings.NGOMA_KAKAO_HOOK
    if not expected or not compare_digest(word.encode(), expected.encode()):
        return HttpResponseForbidden("not the address of the skill\n", "text/plain")
    found = script(city_of(city))
    if found is None:
        raise Http404(city)
    try:
        asked = parsed(request.body, _Skill).user_request
    except Unparsable:
        return HttpResponseBadRequest("no request of a skill\n", "text/plain")
    caller = Caller("kakao", "messenger", None)
    said = talks.answer(found, caller, asked.user.id[:128], asked.utterance)
    return JsonResponse(_template(said))


def _template(said: talks.Said) -> dict[str, object]:
    """The answer: a text, and a button for each choice that types its number."""
    buttons = [
        {
            "label": f"{number} {each}"[:LONGEST_LABEL],
            "action": "message",
            "messageText": str(number),
        }
        for number, each in enumerate(said.choices, 1)
    ]
    text = {"simpleText": {"text": said.text[:LONGEST_TEXT]}}
    return {"version": "2.0", "template": {"outputs": [text], "quickReplies": buttons}}
