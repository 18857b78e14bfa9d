"""The sealed file: a tar archive of which every byte follows from what is in it.

The same files give the same bytes. What is read is packed again and compared, so that a byte counts wherever it stands:
in a file, in a header, or in what fills a block. `tar` and `sha256sum -c SHA256SUMS` read it too.
"""

import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

from conformance.exits import WrongUsage
from conformance.reporting.files import NAMES

# What a gate decided on the report, where one did.
GATE = "gate-statement.json"
PUBLIC_KEY = "public-key.pem"
SUMS = "SHA256SUMS"

STATEMENTS = ("statement.json", GATE)
_KNOWN = {*NAMES, GATE, PUBLIC_KEY, SUMS, *(f"{Path(name).stem}.dsse.json" for name in STATEMENTS)}

_MAGIC = slice(257, 262)


class Damaged(WrongUsage):
    """The file is not as it was sealed. The message says where."""


def is_sealed(path: Path) -> bool:
    """Whether the file is meant for a sealed one: by its name, or by its beginning."""
    if path.suffix == ".tar":
        return True
    try:
        with path.open("rb") as file:
            return file.read(_MAGIC.stop)[_MAGIC] == b"ustar"
    except OSError:
        return False


def pack(files: Mapping[str, bytes]) -> bytes:
    """The sealed file of these files, with their digests."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in sorted({**files, SUMS: _sums(files)}.items()):
            entry = tarfile.TarInfo(name)  # no owner, and a time of 0
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The files in a sealed file, without their digests. Raises Damaged."""
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for entry in archive:
                content = archive.extractfile(entry) if entry.isfile() else None
                if content is None or entry.name not in _KNOWN or entry.name in found:
                    raise Damaged(f"{entry.name!r} is nothing that a sealed report has")
                found[entry.name] = content.read()
    except (tarfile.TarError, EOFError, ValueError, OSError) as error:
        raise Damaged(f"no sealed report: {error}") from None
    if missing := [name for name in (*NAMES, SUMS) if name not in found]:
        raise Damaged(f"no {', '.join(missing)} in it")
    sums = found.pop(SUMS)
    _expect_sums(sums, found)
    again = pack(found)
    if again != data:
        raise Damaged(
            f"byte {_first_difference(data, again)} of the archive, outside of its files, is not as it was packed"
        )
    return found


def _sums(files: Mapping[str, bytes]) -> bytes:
    """The digests, as sha256sum writes and checks them."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def _expect_sums(given: bytes, files: Mapping[str, bytes]) -> None:
    if given == (due := _sums(files)):
        return
    given_lines, due_lines = given.decode(errors="replace").splitlines(), due.decode().splitlines()
    for line in due_lines:
        if line not in given_lines:
            name = line.split("  ")[1]
            raise Damaged(f"{name}: its SHA-256 is {line[:64]}, which is not what {SUMS} says")
    raise Damaged(f"{SUMS}: byte {_first_difference(given, due)} is not as it was written")


def _first_difference(one: bytes, other: bytes) -> int:
    differ = (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differ, min(len(one), len(other)))
