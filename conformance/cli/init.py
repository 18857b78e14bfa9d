"""`p99-conformance init`."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from conformance import contract, language
from conformance.cli.click_options import Command
from conformance.cli.complaints import complaints
from conformance.cli.interview import Interview
from conformance.exits import WrongUsage
from conformance.profile.writing import commented

_SOURCE = "env:NAME|file:PATH|command:LINE"


def _credential(name: str, says: str) -> Callable[[Command], Command]:
    return click.option(name, metavar=_SOURCE, help=f"{says}, or none.")


@click.command()
@click.option("--url", help="URL of the API, up to the end of its base path.")
@click.option("--environment", help="mock, staging or production. On production only GET requests are sent.")
@click.option("--name", help="What reports call the target.")
@_credential("--jwt", "Where the token of the account that is tested comes from")
@_credential("--api-key", "Where its API key comes from")
@_credential("--api-secret", "Where the secret of that key comes from")
@_credential("--other-jwt", "The token of a second user")
@_credential("--other-api-key", "The API key of a second user")
@_credential("--other-api-secret", "The secret of that key")
@click.option("--market", multiple=True, help="'SYMBOL BUY SELL QUANTITY', or none. May be given several times.")
@click.option("--place", help="How an order is placed, as in 'POST /spot/orders', or none.")
@click.option("--place-body", metavar="JSON", help="The body of that request, with placeholders.")
@click.option("--order-id", metavar="POINTER", help="JSON pointer of the order's id in the answer, or none.")
@click.option("--cancel", help="How one order is canceled, as in 'DELETE /spot/orders/{id}', or none.")
@click.option("--try-placing/--no-try-placing", default=None, help="Place one order, and cancel it again.")
@click.option("--untried", is_flag=True, help="Send nothing to the target.")
@click.option("--force", is_flag=True, help="Replace files that are there already.")
@click.option(
    "--out", type=click.Path(path_type=Path), default="p99.toml", show_default=True, help="The profile to write."
)
def init(out: Path, untried: bool, force: bool, **given: Any) -> None:
    """Ask for what a profile needs, try each answer against the target, and write the profile.

    What an option gives is not asked for. Credentials are not written: the profile says where they come from. No order
    is placed without consent.

    \b
    Exit codes: 0 the profile is written · 2 an option is wrong, or an answer is missing · 130 interrupted
    """
    schema = out.with_suffix(".schema.json")
    with complaints():
        for each in (out, schema):
            if each.exists() and not force:
                raise WrongUsage(f"{each} is there already; give --force to replace it, or another --out")
        if not os.access(out.parent, os.W_OK):  # before the questions, not behind them
            raise WrongUsage(f"nothing can be written in the folder {out.parent}; give another --out")
        document = Interview(given, os.environ, out.parent, tries=not untried).profile()
        try:
            out.write_text(commented(document, name=out.name, schema=schema.name), encoding="utf-8")
            schema.write_text((contract.folder() / "schemas" / "profile.json").read_text("utf-8"), encoding="utf-8")
        except OSError as error:
            raise WrongUsage(f"{out} cannot be written: {error.strerror}") from None
    for line in (f"wrote {out}, and {schema} for editors", f"next: p99-conformance run --target {out}"):
        click.echo(language.say(line))
