"""The documented operations, as values: whoever asks for one, carries one or counts one does it by these."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ORDERS_PATH = "/spot/orders"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API. `path` is below the target's base URL.

    `patience_s`: seconds that the documents' samples wait for its answer. `errors`: the codes that the documents name
    for it, by HTTP status. `changes`: whether it changes orders; what does not may be asked again at will.
    """

    name: str
    method: str
    path: str
    patience_s: float
    changes: bool
    errors: Mapping[int, tuple[str, ...]] = field(hash=False)

    def __str__(self) -> str:
        return self.name


LIST = Operation("list", "GET", ORDERS_PATH, 5, changes=False, errors={500: ("DB_ERROR",)})
CANCEL_ALL = Operation(
    "cancel-all",
    "DELETE",
    ORDERS_PATH,
    10,
    changes=True,
    errors={503: ("ENGINE_BUSY", "ENGINE_RESTARTING", "spot trading disabled")},
)
OPERATIONS = (LIST, CANCEL_ALL)


def failing_with(code: str) -> tuple[Operation, int]:
    """The operation, and the HTTP status, for which the documents name this code. Raises KeyError for any other."""
    for operation in OPERATIONS:
        for status, codes in operation.errors.items():
            if code in codes:
                return operation, status
    raise KeyError(code)
