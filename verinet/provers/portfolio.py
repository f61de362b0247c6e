"""Which prover decides which kind of claim: a table, and `prove`, which looks into it.

Every prover takes a claim, a budget and a progress and gives a verdict; nothing is called proved before the kernel
has accepted it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from verinet.claims.degree import Oriented
from verinet.claims.depth_one import NotDepthOne
from verinet.claims.families import Family
from verinet.claims.induction import Conclusion
from verinet.claims.injectivity import Bijective, Injective, Surjective
from verinet.claims.integrals import IntegralBetween
from verinet.claims.language import (
    Always,
    AnyClaim,
    Cells,
    Equal,
    Fails,
    LinearRegions,
    Somewhere,
    SupErrorAtMost,
    SupErrorEquals,
    Value,
)
from verinet.claims.lp_errors import LpErrorSmooth
from verinet.claims.plans import Plan
from verinet.claims.sup_errors import DifferenceEquals, SupErrorInPieces, SupErrorSmooth
from verinet.claims.two_neurons import NotTwoNeurons
from verinet.claims.universal import NoFit
from verinet.claims.verdicts import Verdict
from verinet.errors import NotANumber, Unsupported
from verinet.provers import (
    conclusions,
    decide,
    depth_one,
    equalities,
    families,
    injectivity,
    lp_errors,
    orientation,
    planned,
    sup_errors,
    surjectivity,
    universal,
)
from verinet.provers.properties import PROPERTIES
from verinet.provers.subtrees import sharing
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
    (Equal, equalities.equality),
    (SupErrorAtMost, planned.sup_error_at_most),
    (SupErrorEquals, decide.universal),
    (IntegralBetween, planned.integral_between),
    (LpErrorSmooth, lp_errors.smooth_error),
    (SupErrorInPieces, sup_errors.in_pieces),
    (SupErrorSmooth, sup_errors.smooth),
    (DifferenceEquals, sup_errors.difference_equals),
    (NoFit, universal.no_fit),
    (Family, families.decide_family),
    (Conclusion, conclusions.conclusion),
    (Injective, injectivity.injective),
    (Bijective, injectivity.bijective),
    (Surjective, surjectivity.surjective),
    (Oriented, orientation.oriented),
    (NotDepthOne, depth_one.not_depth_one),
    (NotTwoNeurons, depth_one.not_two_neurons),
    *PROPERTIES,
)


def prove(
    claim: AnyClaim,
    budget: Budget | float | None = None,
    progress: Progress = SILENT,
    *,
    jobs: int = 1,
    journal: str | Path | None = None,
    executor: object = None,
    plan: Plan | None = None,
) -> Verdict:
    """Decide a claim: proved with a certificate, refuted with an exact point, or unknown with the reason.

    Parameters
    ----------
    claim : Claim
        What is said, from `verinet.claims`.
    budget : Budget or float, optional
        Seconds, or a `Budget`; None means no limit.
    progress : Progress, optional
        Told of every 64 leaves.
    jobs : int
        Processes that split trees are shared out to.
    journal : path, optional
        A file in which parts of split trees are kept: the same call takes up the work again after it was ended,
        by whatever.  One file may serve several claims.
    executor : optional
        Several machines: a dask `Client`, the address of a dask scheduler, or an executor of `concurrent.futures`.
        What comes back from them is replayed by the kernel's rules, and what they refuse is done again here.
    plan : Plan, optional
        How a construction means its error to be proved; a hint.

    Returns
    -------
    Proved, Refuted or Unknown

    Raises
    ------
    Unsupported
        If the certificate format has no words for the statement (an activation that is smooth, linear regions of
        a network that jumps), or what is given is no claim.
    NotANumber
        If the budget is no number of seconds, or `jobs` no number of processes.
    BadFormat
        If the journal is none, is damaged, is in use, or cannot be written; what it held stays intact.
    MissingExtra
        If the address of a dask scheduler is given and dask is not installed.

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
            hint = planned.PLAN.set(plan)
            try:
                with sharing(jobs, journal, executor):
                    return decided_by(claim, limits, progress)
            finally:
                planned.PLAN.reset(hint)
    raise Unsupported(
        f"prove needs a claim, got {type(claim).__name__}",
        fix="build one with verinet.claims: always(...), equal(...), sup_error(...) <= e, cells(...) == n",
    )


def _seconds(budget: float | None) -> float | None:
    known = budget is None or (isinstance(budget, (int, float)) and not isinstance(budget, bool) and budget >= 0)
    if not known:
        raise NotANumber(f"a budget is a number of seconds, at least 0, got {budget!r}", fix="write budget=60")
    return budget
