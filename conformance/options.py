"""The options of a run, each written once: `run` and pytest both make theirs from this table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One option of the command line.

    A `flag` takes no value. A `repeated` option may be given several times. `kind` is what a value is read as.
    """

    name: str
    help: str
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    kind: type[str] | type[int] = str
    default: str | int | None = None
    flag: bool = False
    repeated: bool = False


TARGET = Option("--target", "What to test: the URL of the API, or a profile.", metavar="URL|PROFILE.toml")
SEED = Option(
    "--seed", "Seed of the random generator; the same seed sends the same requests.", metavar="N", kind=int, default=0
)
REPORT_DIR = Option("--report-dir", "Folder for the reports.", metavar="DIR", default="reports")

# Options of `run` alone: each of them has the checks run in several rounds, or chooses among them.
ROUNDS = (
    Option(
        "--explore",
        "After the run, go on with other seeds until this time is over, for example 90s, 10m or 2h: more values, all"
        " combinations of four list parameters, longer sequences, more live orders, more requests at the same moment."
        " The report is about all rounds. What is found is saved in found.json in the folder for the reports.",
        metavar="TIME",
    ),
    Option(
        "--replay",
        "First reproduce the violations that an earlier run saved in FILE (reports/found.json), then run as usual.",
        metavar="FILE",
    ),
    Option(
        "--failed",
        "Run only the checks of the requirements that this earlier run found violated or inconclusive, with its seed."
        " REPORT is a results.json file, or a report directory.",
        metavar="REPORT",
    ),
)

JOBS = 8  # as many connections as a browser opens, or a little more: no exchange minds

# Options of every command that is about requirements.
SELECTING = (
    Option(
        "--only",
        "Only these requirements: ids or areas with commas between, for example order,list.limit-max.",
        metavar="IDS|AREAS",
    ),
    Option("--skip", "All requirements but these: ids or areas, for example weight.", metavar="IDS|AREAS"),
)

LABEL = Option(
    "--label",
    "A fact about this run for the reports, for example build=1.4.2. May be given several times.",
    metavar="KEY=VALUE",
    repeated=True,
)
WAIVERS = Option("--waivers", "TOML file of accepted violations; these do not fail the run.", metavar="FILE")
CANCEL_EXISTING = Option(
    "--cancel-existing",
    "Let cancel-all also cancel live orders that this run did not place.",
    flag=True,
)

RUN = (
    TARGET,
    Option(
        "--scope",
        "read-only: send only GET requests. full: also place and cancel orders. Default: full; read-only for"
        " production, and for a URL without a profile that is not on this machine.",
        choices=("read-only", "full"),
    ),
    *SELECTING,
    Option(
        "--shape-only",
        "Test only what each answer shows by itself: types, formats, and fields that agree. For mocks that answer with"
        " fixed examples. No order is placed.",
        flag=True,
    ),
    SEED,
    Option(
        "--jobs",
        "How many connections send requests that do not depend on each other at once; 1: one request after the other."
        f" Default: {JOBS}, or 1 if the target answers within 5 ms.",
        metavar="N",
        kind=int,
    ),
    REPORT_DIR,
    Option("--stop-on-first", "Stop at the first violation.", flag=True),
    Option(
        "--require",
        "Exit with 3 unless every requirement of this level and of the levels above it was tested.",
        choices=("none", "must", "implied", "all"),
        default="none",
    ),
    LABEL,
    WAIVERS,
    CANCEL_EXISTING,
)

OVERLOAD = (TARGET, SEED, REPORT_DIR, LABEL, WAIVERS, CANCEL_EXISTING)
