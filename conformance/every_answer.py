"""The requirements that are tested with every answer, whatever the check is about, by no rule of the oracle."""

# By the schema of an order, for each record of an answer.
OF_RECORDS = (
    "order.fields",
    "order.nullable",
    "order.id",
    "order.enums",
    "order.enums-words",
    "order.decimals",
    "order.timestamps",
)

# By all schemas.
OF_SCHEMAS = (
    *OF_RECORDS,
    "list.array",
    "list.array-json",
    "cancel.envelope",
    "cancel.empty",
    "error.envelope",
)

# By the status, the form of an error, and the time that the answer took.
OF_STATUSES = ("cancel.busy-code", "error.envelope-4xx", "latency")
