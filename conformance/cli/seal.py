"""`p99-conformance seal`."""

import os
from pathlib import Path

import click

from conformance import language
from conformance.cli.complaints import complaints
from conformance.exits import WrongUsage
from conformance.reporting.files import NAMES
from conformance.sealing import agreement, container, signature


@click.command()
@click.argument("report", type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path), metavar="FILE", help="Ed25519 private key in PEM form.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="The sealed file. Default: REPORT.seal.tar."
)
def seal(report: Path, key: Path | None, out: Path | None) -> None:
    """Pack a report, its evidence and its statement into one file that `gate` verifies.

    REPORT is a report directory. The same report and the same key give the same bytes. What a gate has stated about
    the report goes with it.
    """
    with complaints():
        files = _read(report)
        if lines := agreement.disagreements(files):
            raise WrongUsage("\n".join([f"{report}: not sealed, since what is in it does not agree:", *lines]))
        if key is not None:
            files |= signature.signed(files, key)
        out = out or Path(f"{report.resolve().name}.seal.tar")
        unfinished = out.with_name(f".{out.name}.{os.getpid()}")
        try:
            unfinished.write_bytes(container.pack(files))
            unfinished.replace(out)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise WrongUsage(f"{out} cannot be written: {error.strerror}") from None
    told = f"{out}: {'signed' if key else 'not signed'}; `p99-conformance gate {out}` verifies it"
    click.echo(language.say(told))


def _read(report: Path) -> dict[str, bytes]:
    try:
        files = {name: (report / name).read_bytes() for name in NAMES}
    except OSError as error:
        name = Path(error.filename or report).name
        raise WrongUsage(f"{report}: {name}: {error.strerror}; give the report directory of a run") from None
    gate = report / container.GATE
    return files | ({container.GATE: gate.read_bytes()} if gate.exists() else {})
