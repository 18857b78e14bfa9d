"""How to meet a finding again: a line for the shell that asks the same, and one that lets the suite look for it."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.results import Finding, Results

# What signing adds stands at the end of the query.
_SIGNED = re.compile(r"(^|&)(timestamp|signature)=.*")

# The options of an overload, by what results.json calls its bounds.
_BOUNDS = {
    "requests": "--max-requests",
    "at_once": "--max-at-once",
    "per_second": "--max-rate",
    "seconds": "--max-seconds",
    "orders": "--max-orders",
    "recover_s": "--recover",
    "watch_s": "--watch",
}

# A forgery that is named so has put this parameter in front of what is asked.
_IN_FRONT = " added in front after signing"


def curl(exchange: Mapping[str, Any]) -> str:
    """The exchange's request as a line for the shell, with the account's credentials in P99_JWT, or P99_API_KEY and
    P99_API_SECRET.
    """
    address, _, query = exchange["url"].partition("?")
    asked = _SIGNED.sub("", query)
    names = {name.lower() for name in exchange["request_headers"]}
    words = ["curl", "-i", *(["-X", exchange["method"]] if exchange["method"] != "GET" else [])]
    if forged := exchange.get("forged"):
        asked = asked.removeprefix(forged.removesuffix(_IN_FRONT)).removeprefix("&")
        url = f"{address}?{asked}" if asked else address
        return f"p99-conformance forge {shlex.quote(forged)} {shlex.quote(url)} | {' '.join(words)} -K -"
    if exchange["request_body"]:
        words += [
            "-H",
            shlex.quote(f"Content-Type: {_content_type(exchange)}"),
            "-d",
            shlex.quote(exchange["request_body"]),
        ]
    if "x-mbx-apikey" in names:
        signed = f'"$(p99-conformance sign {shlex.quote(asked)})"'
        words += ["-H", '"X-MBX-APIKEY: $P99_API_KEY"', f"{shlex.quote(address + '?')}{signed}"]
    else:
        words += ["-H", '"Authorization: Bearer $P99_JWT"'] if "authorization" in names else []
        words.append(shlex.quote(f"{address}?{asked}" if asked else address))
    return " ".join(words)


def _content_type(exchange: Mapping[str, Any]) -> str:
    headers: Mapping[str, str] = exchange["request_headers"]
    return next((value for name, value in headers.items() if name.lower() == "content-type"), "application/json")


def run_line(results: Results, finding: Finding | None = None) -> str:
    """The command that runs the finding's check again, or all that was run, drawing the same.

    It names the target as it was given; without one, the embedded sandbox is judged again. What was merged is run
    again report by report, or else is merged again.
    """
    if results.merged_from:
        return _in_its_report(results, finding)
    target = results.target
    words = ["p99-conformance", "overload" if results.overload else "run"]
    if given := target.get("given", target["base_url"]):
        words += ["--target", shlex.quote(given)]
    if target["scope"] == "read-only":
        words += ["--scope", "read-only"]
    if results.selection:
        words.append(" ".join(map(shlex.quote, results.selection.split(" "))))
    if finding is not None and finding.seed is not None:
        # It lies beside the report, and has what the round with that seed drew.
        report = Path(finding.report or "")
        folder = report.parent if report.suffix == ".json" else report
        words += ["--replay", shlex.quote(str(folder / "found.json"))]
    else:
        words += ["--seed", str(results.seed)]
    if results.overload:
        bounds = results.overload["bounds"]
        return " ".join([*words, *(f"{option} {bounds[name]}" for name, option in _BOUNDS.items())])
    select = finding.check.partition("::")[2].partition("[")[0] if finding else results.select
    return " ".join([*words, *(["-k", shlex.quote(select)] if select else [])])


def _in_its_report(results: Results, finding: Finding | None) -> str:
    if finding is None:
        return " ".join(["p99-conformance", "merge", *(shlex.quote(each["report"]) for each in results.merged_from)])
    source = next(each for each in results.merged_from if each["report"] == finding.report)
    told = ("target", "seed", "select", "selection")
    return run_line(replace(results, merged_from=(), **{name: source[name] for name in told}), finding)
