"""Messages that no source shows as they are said: words that stand alone, and what click says."""

# Words that stand alone, as in the head of a table. A word alone in the code is mostly a name, and no message.
WORDS = (
    *("pass", "fail", "inconclusive", "none", "must", "implied", "advisory", "waived", "interrupted", "refused"),
    *("Violated", "Inconclusive", "Overload", "Raced", "Crashes", "Requirements", "Requests", "Latency"),
    *("regressed", "lost", "vanished", "affected", "new", "fixed", "gained"),
    *("good", "warning", "problem", "gap", "missing", "requirement", "level", "was", "verdict", "reason"),
    *("sent", "accepted", "failed", "unknown", "count", "longest", "offered", "recovered", "other"),
    *(
        "queries",
        "orders",
        "cancels",
        "races",
        "credentials",
        "shape",
        "filters",
        "paging",
        "cancel",
        "access",
        "pages",
        "fills",
        "canceling",
        "errors",
    ),
    *("lists", "cancel-alls", "looks", "bursts", "readers", "clean-up", "set-up", "source", "want", "got", "with"),
    *("evidence", "faults", "Options", "Commands", "market", "caller", "checks", "source:", "evidence:", "exit"),
    *("{0} requirement violated", "{0} requirements violated", "cancel-all", "want {0}", "got {0}"),
    *(f"{kind} {ending}" for kind in ("place", "list", "cancel-all") for ending in ("accepted", "refused")),
    *("place", "list"),
    # What a forged request has.
    *("{0} added in front after signing", "{0} added behind the timestamp after signing"),
    # The steps of a sequence, as checks/test_sequences.py calls them.
    *("begins", "places", "trades", "cancels all"),
    # The type of a value, behind it.
    *("{0} (an array)", "{0} (an object)", "{0} (a boolean)", "{0} (a string)", "{0} (a number)"),
    # How many requests were sent, by what for.
    *("{0} list", "{0} lists", "{0} look", "{0} looks", "{0} burst", "{0} bursts", "{0} reader", "{0} readers"),
    *("{0} set-up", "{0} clean-up", "{0} odd input", "{0} forged credential", "{0} forged credentials"),
    *("{0} overload", "needs {0} ({1})", "{0} to one of {1} {2} within {3} s, with the {4}"),
    # What a gap of the coverage names: a parameter or a property, and its value.
    *("{0} at an order", "{0} beside an order", "{0} before the page", "{0} absent", "limit {0} to {1}", "limit above"),
    *(
        "limit below",
        "{0} before all",
        "{0} after all",
        "{0} no market",
        "type market by amount",
        "account other",
        *(f"age {age}" for age in ("minutes", "hours", "days", "weeks", "months", "half a year", "years")),
    ),
)

# What click itself says, as it stands there.
CLICK = (
    *("Usage:", "Error: {message}", "Options", "Commands", "Show this message and exit.", "default: {default}"),
    *("Show the version and exit.", "Try '{command} {option}' for help.", "required", "[OPTIONS]", "COMMAND [ARGS]..."),
    *("Missing argument", "Missing option", "Missing parameter", "Got unexpected extra argument ({args})"),
    *("No such command {name!r}.", "No such option: {name}", "Option {name!r} requires an argument."),
    *("Invalid value: {message}", "Invalid value for {param_hint}: {message}", "Missing command."),
    *("{value!r} is not a valid {number_type}.", "Option {name!r} does not take a value."),
)
