"""`p99-conformance contract`."""

import json

import click
import yaml

from conformance.bundle import Version, bundled


@click.command()
@click.option(
    "--version",
    type=click.Choice(["3.1", "3.0"]),
    default="3.1",
    show_default=True,
    help="The version of OpenAPI; 3.0 is for tools that do not know 3.1.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of YAML.")
def contract(version: Version, as_json: bool) -> None:
    """Print the OpenAPI description in one file, for mock servers and generators."""
    document = bundled(version)
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        click.echo(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120), nl=False)
