"""`ngoma webhook`: programs that are told of events."""

from typing import Annotated

import typer

from ngoma.commands.options import Data, Hours
from ngoma.commands.saying import out, refusing
from ngoma.commands.starting import start

app = typer.Typer(help="Programs that are told of events.", no_args_is_help=True)


@app.command("add")
def add_webhook(
    url: Annotated[str, typer.Argument(help="Where the program takes events: https://…")],
    city: Annotated[str, typer.Option(help="City whose events are meant.")],
    events: Annotated[str, typer.Option(help="Kinds of event: opened,resolved …")],
    data: Data = None,
) -> None:
    """Tell a program of public events of cases, and print its secret: it is shown once."""
    start(data)
    from ngoma.open311.webhooks import subscriptions
    from ngoma.settings import staff

    kinds = [each.strip() for each in events.split(",") if each.strip()]
    with refusing(subscriptions.WebhookError, staff.StaffError):
        webhook, secret = subscriptions.add(staff.city_of(city).pk, url, kinds)
    out.print(f"{webhook.pk}  {secret}", markup=False)


@app.command("list")
def list_webhooks(data: Data = None) -> None:
    """List the programs that are told of events, and how it goes."""
    start(data)
    from ngoma.open311.webhooks import subscriptions

    for line in subscriptions.told():
        out.print(line, markup=False)


@app.command("rotate")
def rotate_secret(number: int, hours: Hours = 24, data: Data = None) -> None:
    """Give a program another secret, and print it: it is shown once."""
    start(data)
    from datetime import timedelta

    from ngoma.open311.webhooks import subscriptions

    with refusing(subscriptions.WebhookError):
        secret = subscriptions.rotate(number, overlap=timedelta(hours=hours))
    out.print(f"{number}  {secret}", markup=False)


@app.command("try")
def try_webhook(number: int, data: Data = None) -> None:
    """Post a message of the type `test` to a program; ends with 1 where it is not taken."""
    start(data)
    from ngoma.open311.webhooks import delivering, subscriptions

    with refusing(subscriptions.WebhookError, delivering.NotTaken):
        delivering.try_out(subscriptions.find(number))
    out.print("taken")


@app.command("resend")
def resend(number: int, data: Data = None) -> None:
    """Begin anew with all that a program was not told, because it failed too often."""
    start(data)
    from ngoma.open311.webhooks import subscriptions

    with refusing(subscriptions.WebhookError):
        count = subscriptions.resend(number)
    out.print(f"{count} events wait to be told again", markup=False)


@app.command("remove")
def remove_webhook(number: int, data: Data = None) -> None:
    """Tell a program nothing any more."""
    start(data)
    from ngoma.open311.webhooks import subscriptions

    with refusing(subscriptions.WebhookError):
        subscriptions.remove(number)
    out.print("removed")
