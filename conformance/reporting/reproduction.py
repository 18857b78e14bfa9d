"""How to meet a finding again: a line for the shell that asks the same, and one that lets the suite look for it."""

import re
import shlex
from collections.abc import Mapping
from typing import Any

from conformance.results import Finding, Results

# What signing adds stands at the end of the query.
_SIGNED = re.compile(r"(^|&)timestamp=.*")

# Requests that are wrong on purpose: their credentials are not those that a variable could hold.
_FORGED = "test_forged_credentials::"


def curl(exchange: Mapping[str, Any], finding: Finding) -> str | None:
    """The exchange's request as a curl line, with the account's credentials in P99_JWT, or P99_API_KEY and
    P99_API_SECRET; None where they were not good ones.
    """
    if finding.check.startswith(_FORGED):
        return None
    address, _, query = exchange["url"].partition("?")
    asked = _SIGNED.sub("", query)
    names = {name.lower() for name in exchange["request_headers"]}
    words = ["curl", "-i", *(["-X", exchange["method"]] if exchange["method"] != "GET" else [])]
    if "x-mbx-apikey" in names:
        signed = f'"$(p99-conformance sign {shlex.quote(asked)})"'
        words += ["-H", '"X-MBX-APIKEY: $P99_API_KEY"', f"{shlex.quote(address + '?')}{signed}"]
    else:
        words += ["-H", '"Authorization: Bearer $P99_JWT"'] if "authorization" in names else []
        words.append(shlex.quote(f"{address}?{asked}" if asked else address))
    return " ".join(words)


def run_line(results: Results, finding: Finding) -> str:
    """The command that runs the finding's check again, drawing the same."""
    target = results.target
    words = ["p99-conformance", "run"]
    if target["environment"] == "unspecified":
        words += ["--target", shlex.quote(target["base_url"])]
    elif target["name"] != "sandbox":
        words += ["--target", "PROFILE.toml"]
    check = finding.check.partition("::")[2].partition("[")[0]
    return " ".join([*words, "--seed", str(results.seed), "-k", shlex.quote(check)])
