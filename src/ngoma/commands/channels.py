"""`ngoma channel`: phones that know no pages."""

import os
import sys
from typing import Annotated

import typer

from ngoma.commands.choosing import book_of
from ngoma.commands.options import Data
from ngoma.commands.saying import out, refuse
from ngoma.commands.starting import start

app = typer.Typer(help="Phones that know no pages.", no_args_is_help=True)


@app.command("check")
def check_screens(
    city: Annotated[list[str] | None, typer.Argument(help="Cities; else all.")] = None,
    data: Data = None,
) -> None:
    """Walk through every way of a city's conversation, and name the screens that do not fit."""
    start(data)
    from ngoma.channels.dialogue.script import script
    from ngoma.channels.dialogue.walking import screens, too_long
    from ngoma.channels.speech import NOBODY, all_prompts
    from ngoma.channels.ussd import fits
    from ngoma.cities.book import books

    wrong = 0
    for book in [book_of(each) for each in city] if city else books():
        found = script(book)
        if found is None:
            out.print(f"{book.slug}: no conversation (dialogue.toml)")
            continue
        long = too_long(found, fits)
        wrong += len(long)
        for screen in long:
            out.print(f"{book.slug} {screen.step} {screen.language}: too long", markup=False)
            out.print(screen.text, markup=False)
        out.print(f"{book.slug}: {sum(1 for _ in screens(found))} screens, {len(long)} too long")
        for each in all_prompts(found):
            if each.by == NOBODY:
                out.print(f"{book.slug} voice/{each.key}.mp3: {NOBODY}, and no prompt")
    if wrong:
        raise typer.Exit(1)


@app.command("prompts")
def list_prompts(
    city: Annotated[str, typer.Argument(help="City whose conversation is meant.")],
    data: Data = None,
) -> None:
    """Everything that is said in a call: the file of the pack that may say it, who says it now, and
    the words."""
    start(data)
    from ngoma.channels.dialogue.script import script
    from ngoma.channels.speech import all_prompts

    found = script(book_of(city))
    if found is None:
        refuse(ValueError(f"{city} has no conversation (dialogue.toml)"))
    for each in all_prompts(found):
        out.print(f"voice/{each.key}.mp3 ({each.by})\n  {each.words}", markup=False)


@app.command("mail")
def take_mail(
    city: Annotated[str, typer.Option(help="City to which the mail was sent.")],
    data: Data = None,
) -> None:
    """Take a mail from standard input, as a mail server hands it over.

    Ends with 0 where it is taken or left, 65 where it is no mail, 75 where it may work later.
    """
    start(data)
    from django.db import Error

    from ngoma.channels.mail.letter import Unreadable
    from ngoma.channels.mail.taking import take

    try:
        out.print(take(book_of(city), sys.stdin.buffer.read()))
    except Unreadable as error:
        typer.echo(f"ngoma: {error}", err=True)
        raise typer.Exit(os.EX_DATAERR) from None
    except (Error, OSError) as error:
        typer.echo(f"ngoma: {type(error).__name__}: try again later", err=True)
        raise typer.Exit(os.EX_TEMPFAIL) from None


@app.command("try")
def try_conversation(
    channel: Annotated[str, typer.Argument(help="ussd")],
    city: Annotated[str, typer.Option(help="City whose conversation is meant.")],
    number: Annotated[str, typer.Option(help="Telephone number of who calls.")] = "",
    data: Data = None,
) -> None:
    """Play a conversation here. What is handed in is handed in."""
    start(data)
    from ngoma.channels.dialogue.script import script
    from ngoma.channels.trying import play

    found = script(book_of(city))
    if channel != "ussd" or found is None:
        refuse(ValueError(f"{city} has no conversation over {channel}"))
    play(found, number, ask=lambda: input("> "), show=lambda text: out.print(text, markup=False))
