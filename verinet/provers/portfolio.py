"""Which prover decides which kind of claim: a table, and `prove`, which looks into it.

Every prover takes a claim, a budget and a progress and gives a verdict; nothing is called proved before the kernel
has accepted it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verinet.claims.language import (
    Always,
    Cells,
    Claim,
    Equal,
    Fails,
    LinearRegions,
    Somewhere,
    SupErrorAtMost,
    SupErrorEquals,
    Value,
)
from verinet.claims.verdicts import Verdict
from verinet.errors import NotANumber, Unsupported
from verinet.provers import decide
from verinet.work import SILENT, Budget, Progress

Prover = Callable[[Any, Budget, Progress], Verdict]

#: Claim -> its prover.
PROVERS: tuple[tuple[type, Prover], ...] = (
    (Value, decide.value),
    (Fails, decide.existence),
    (Somewhere, decide.existence),
    (Cells, decide.count_cells),
    (LinearRegions, decide.count_cells),
    (Always, decide.universal),
    (Equal, decide.universal),
    (SupErrorAtMost, decide.universal),
    (SupErrorEquals, decide.universal),
)


def prove(claim: Claim, budget: Budget | float | None = None, progress: Progress = SILENT) -> Verdict:
    """Decide a claim: proved with a certificate, refuted with an exact point, or unknown with the reason.

    Parameters
    ----------
    claim : Claim
        What is said, from `verinet.claims`.
    budget : Budget or float, optional
        Seconds, or a `Budget`; None means no limit.
    progress : Progress, optional
        Told of every 64 leaves.

    Returns
    -------
    Proved, Refuted or Unknown

    Raises
    ------
    Unsupported
        If the certificate format has no words for the statement (an activation that is smooth, linear regions of
        a network that jumps), or what is given is no claim.
    NotANumber
        If the budget is no number of seconds.

    Examples
    --------
    >>> from verinet.claims import always, outputs
    >>> from verinet.geometry import interval
    >>> from verinet.networks import network, relu, variable
    >>> x = variable("x")
    >>> absolute = network(x, relu(x) + relu(-x))
    >>> y = outputs(absolute)
    >>> print(prove(always(absolute, y[0] >= 0, interval(-1, 1))))
    PROVED   y_0 >= 0 on [-1,1]     kernel only
    >>> print(prove(always(absolute, y[0] <= "1/2", interval(-1, 1))).counterexample.y)
    (Fraction(1, 1),)

    Notes
    -----
    Guarantee: exact.
    """
    limits = budget if isinstance(budget, Budget) else Budget(seconds=_seconds(budget))
    for kind, decided_by in PROVERS:
        if type(claim) is kind:
            return decided_by(claim, limits, progress)
    raise Unsupported(
        f"prove needs a claim, got {type(claim).__name__}",
        fix="build one with verinet.claims: always(...), equal(...), sup_error(...) <= e, cells(...) == n",
    )


def _seconds(budget: float | None) -> float | None:
    if budget is not None and (isinstance(budget, bool) or not isinstance(budget, (int, float)) or budget != budget):
        raise NotANumber(f"a budget is a number of seconds, got {budget!r}", fix="write budget=60")
    return budget
