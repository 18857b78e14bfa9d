"""What a run, or a gate, decided, as an in-toto Statement with the test-result predicate.

in-toto leaves three lists to five verdicts: `passedTests` are the requirements that passed, `failedTests` the must and
implied ones that are violated and not waived, `warnedTests` those that are not clean and fail nothing, since they are
waived or advisory. What was not decided is in none of them, and is told beside them.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from conformance.exits import Exit
from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"

# The label with the digest of what was tested, say sha256:9f86…; gitCommit:… is one too.
DIGEST_LABEL = "digest"
_DIGEST = re.compile(r"([A-Za-z][A-Za-z0-9_-]*):([0-9a-fA-F]{16,})")


def sha256(data: bytes) -> str:
    """The digest, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest_in(labels: Mapping[str, str]) -> dict[str, str] | None:
    """The digest of what was tested, by its algorithm, as the label gives it; None where that is none."""
    found = _DIGEST.fullmatch(labels.get(DIGEST_LABEL, ""))
    return {found[1]: found[2].lower()} if found else None


def of_run(results: Results, files: Mapping[str, bytes]) -> str:
    """The statement about a run, and about the files of its report."""
    return _text(results, [(name, sha256(data)) for name, data in files.items()])


def of_gate(results: Results, code: Exit, report: tuple[str, str], decision: Mapping[str, Any]) -> str:
    """The statement about a gate. `results`: those that it decided on, with its waivers. `report`: the name and the
    digest of the file that it read. `decision`: what it was told, and what was wrong.
    """
    return _text(results, [report], code, {"p99_gate": dict(decision)})


def canonical(document: Mapping[str, Any]) -> str:
    """The one way in which a statement is written, so that each byte of it counts."""
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _text(
    results: Results,
    files: Iterable[tuple[str, str]],
    code: Exit | None = None,
    more: Mapping[str, Any] | None = None,
) -> str:
    code = results.exit_code if code is None else code
    tested = digest_in(results.labels)
    subjects: list[dict[str, Any]] = [{"name": results.target["name"], "digest": tested}] if tested else []
    subjects += [{"name": name, "digest": {"sha256": digest}} for name, digest in files]
    configuration = [{"name": name, "digest": {"sha256": each}} for name, each in results.configuration.items()]
    predicate = {
        **_lists(results, code),
        "configuration": configuration,
        "p99_run": _run(results, code),
        **(more or {}),
    }
    return canonical(
        {
            "_type": STATEMENT_TYPE,
            "subject": subjects,
            "predicateType": PREDICATE_TYPE,
            "predicate": predicate,
        }
    )


def _lists(results: Results, code: Exit) -> dict[str, Any]:
    passed = results.with_verdict(Verdict.PASS)
    failed = [each for each in results.with_verdict(Verdict.FAIL, "must", "implied") if not each.waiver]
    unclean = [each for each in results.at() if each.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)]
    warned = [each for each in unclean if each.waiver or each.level == "advisory"]
    result = "FAILED" if code is not Exit.OK else "WARNED" if warned else "PASSED"
    return {"result": result, "passedTests": _ids(passed), "warnedTests": _ids(warned), "failedTests": _ids(failed)}


def _run(results: Results, code: Exit) -> dict[str, Any]:
    """What in-toto has no field for."""
    labels = dict(results.labels)
    return {
        "exit_code": int(code),
        "verdict": results.verdict.word,
        "inconclusive": _ids(results.inconclusive),
        "not_exercised": _ids(results.with_verdict(Verdict.NONE)),
        "occasion": labels.get("occasion"),
        "version": labels.get("version"),
        "labels": labels,
        "started_at": results.started_at,
        "suite_version": results.suite_version,
        "catalogue_version": results.catalogue_version,
    }


def _ids(found: Iterable[RequirementResult]) -> list[str]:
    return [each.id for each in found]
