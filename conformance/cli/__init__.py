"""The command line. It owns the exit codes."""

import click

import conformance
from conformance.cli.catalogue import explain, requirements
from conformance.cli.gating import compare, gate
from conformance.cli.judging import doctor, run
from conformance.cli.proving import prove
from conformance.cli.serving import sandbox
from conformance.cli.signing import forge, sign


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(conformance.__version__)
def main() -> None:
    """Judge an exchange by the p99 spot-order API: list my orders, cancel all my orders."""


for command in (run, doctor, explain, sign, forge, compare, gate, sandbox, prove, requirements):
    main.add_command(command)
