"""Telegram's Bot API: messages out, files in (https://core.telegram.org/bots/api)."""

from typing import Any

from django.conf import settings

from ngoma.notices import http
from ngoma.notices.gateway import Gone, Message, Permanent, Temporary, Unsure

LIVE = "https://api.telegram.org"
START = "telegram:"
"""Before the number of a chat, so that it is like no other address."""


def deliver(message: Message) -> str:
    """Hand the message over; returns its number in the chat."""
    chat = message.to.removeprefix(START)
    body: dict[str, Any] = {
        "chat_id": chat,
        "text": message.text,
        "link_preview_options": {"is_disabled": True},
    }
    body["reply_markup"] = _keyboard(message.choices)
    return str(_asked("sendMessage", body).get("message_id", ""))


def _keyboard(choices: tuple[str, ...]) -> dict[str, Any]:
    """A key for each choice, which types it; without choices the keys of before go."""
    if not choices:
        return {"remove_keyboard": True}
    keys = [[{"text": each}] for each in choices]
    return {"keyboard": keys, "one_time_keyboard": True, "resize_keyboard": True}


def fetch(file: str, *, most: int) -> bytes:
    """The bytes of a file under Telegram's name for it, as far as `most` hold it.

    Raises what `http` does.
    """
    path = _asked("getFile", {"file_id": file}).get("file_path")
    if not isinstance(path, str):
        raise Permanent("the file is no longer there")
    base = settings.NGOMA_TELEGRAM_URL or LIVE
    return http.get(f"{base}/file/bot{settings.NGOMA_TELEGRAM_TOKEN}/{path}", most=most)


def _asked(method: str, body: dict[str, Any]) -> dict[str, Any]:
    base = settings.NGOMA_TELEGRAM_URL or LIVE
    response = http.post(f"{base}/bot{settings.NGOMA_TELEGRAM_TOKEN}/{method}", body=body)
    answer = http.json(response)
    result = answer.get("result")
    if answer.get("ok") is True and isinstance(result, dict):
        return result
    if "error_code" not in answer:
        raise Unsure("the answer makes no sense")
    reason = f"{answer['error_code']} {answer.get('description', '')}"
    if answer["error_code"] == 403:
        raise Gone(reason)  # the bot was blocked
    raise (Temporary if answer["error_code"] == 429 else Permanent)(reason)
