r"""One door to all learners of functions with one narrow hidden layer: `learn(data, neurons=k) -> Learned`.

What is learned is :math:`f(x) = a \cdot x + \sum_{i \le k} m_i \max(0, w_i \cdot x)` with Gaussian x [chen2023].
Which learner works is decided by the type of the data, in a table: exact moments, noisy moments, or samples.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, Context, Decimal
from fractions import Fraction
from importlib import import_module
from math import inf, isqrt, nextafter
from typing import Literal, cast

from verinet.errors import Unsupported
from verinet.exact.printing import spelled_fields
from verinet.networks.network import Network
from verinet.theory.narrow_learning.borders import positive, whole
from verinet.theory.ridges import RidgeSum
from verinet.work import SILENT, Budget, Progress, under

Kind = Literal["exact", "noisy", "samples", "enumeration"]
#: A learner: the data and the keywords of `learn`; options are keywords of its own.
Learner = Callable[..., "Learned"]


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing that a learner did.

    Parameters
    ----------
    name : str
        "recurrence", "roots", "subspace", "merging", ...
    what : str
        What came of it, a sentence with numbers.
    seconds : float
        Wall-clock time.
    """

    name: str
    what: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.name}: {self.what} ({self.seconds:.2f} s)"


@dataclass(frozen=True, slots=True)
class Learned:
    r"""What a learner found.

    Parameters
    ----------
    function : RidgeSum
        The function, its numbers exact rationals (those of a float are the dyadic rationals it denotes).
    network : Network
        The same function as a network with one hidden layer.
    kind : {"exact", "noisy", "samples", "enumeration"}
    error : float or None
        An error of the function; None if nothing is known.  Of kind "exact", 0 says that it is the hidden one.
    error_words : str
        What kind of error that is, and how sure: exact, certified, numeric or estimated.
    directions : tuple of tuple of float
        The unit vectors :math:`w_i / |w_i|`, for reading only.
    coefficients : tuple of float
        The :math:`m_i |w_i|`, for reading only.
    stages : tuple of Stage
        What the learner did, in order.
    complete : bool
        False if a budget or Ctrl-C stopped it: this is then the best so far.

    Guarantee: as `error_words` says; `directions` and `coefficients` are numeric.
    """

    function: RidgeSum
    network: Network
    kind: Kind
    error: float | None
    error_words: str
    directions: tuple[tuple[float, ...], ...]
    coefficients: tuple[float, ...]
    stages: tuple[Stage, ...]
    complete: bool

    __repr__ = spelled_fields

    @classmethod
    def of(
        cls,
        function: RidgeSum,
        kind: Kind,
        *,
        error: float | None,
        error_words: str,
        stages: tuple[Stage, ...] = (),
        complete: bool = True,
    ) -> Learned:
        """Return the record with the network, directions and coefficients of a function."""
        directions, coefficients = unit_directions(function)
        network = function.network()
        return cls(function, network, kind, error, error_words, directions, coefficients, stages, complete)

    def __str__(self) -> str:
        return "\n".join((*map(str, self.stages), self.error_words))


@dataclass(slots=True)
class Log:
    """The stages of a learner while it works; each one that is entered is told to the progress, too.

    Examples
    --------
    >>> log = Log()
    >>> with log.stage("roots") as found:
    ...     found("3 rational roots")
    >>> [(stage.name, stage.what) for stage in log.stages]
    [('roots', '3 rational roots')]
    """

    progress: Progress = SILENT
    entries: list[Stage] = field(default_factory=list)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that are done."""
        return tuple(self.entries)

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[str], None]]:
        """Time what happens inside; what is handed to the function it yields becomes the stage's sentence."""
        words: list[str] = []
        start = time.perf_counter()
        self.progress.update(len(self.entries), 1, name)
        try:
            yield words.append
        except BaseException:
            words.append("stopped")
            raise
        finally:
            self.entries.append(Stage(name, "; ".join(words), time.perf_counter() - start))


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """A row of the table: data of this type are learned by this function, the first row of a type by default.

    Parameters
    ----------
    data : str
        "module:Class", module below this package or absolute.
    method : str
        How a caller asks for this row: `learn(..., method=...)`.
    learner : str
        "module:function".
    """

    data: str
    method: Kind
    learner: str


_HERE = "verinet.theory.narrow_learning"
LEARNERS: tuple[LearnerRow, ...] = (
    LearnerRow(f"{_HERE}.oracles:ExactMoments", "exact", f"{_HERE}.exact_recovery:recover"),
    LearnerRow(f"{_HERE}.oracles:RationalMoments", "exact", f"{_HERE}.exact_recovery:recover"),
    LearnerRow(f"{_HERE}.noisy_moments:NoisyMoments", "noisy", f"{_HERE}.noisy_recovery:recover"),
    LearnerRow(f"{_HERE}.samples:Samples", "samples", f"{_HERE}.sample_recovery:recover"),
    LearnerRow(f"{_HERE}.samples:Samples", "enumeration", f"{_HERE}.enumeration:recover"),
)


def learn(
    data: object,
    *,
    neurons: int,
    seed: int = 0,
    budget: Budget | float | None = None,
    progress: Progress | None = None,
    refine: bool = True,
    **options: object,
) -> Learned:
    r"""Return a function with at most so many neurons that explains moments or samples.

    Parameters
    ----------
    data : ExactMoments, RationalMoments, NoisyMoments or Samples
        Its type decides which learner works.
    neurons : int
        k, a promised upper bound of the number of hidden neurons.
    seed : int
        Of everything that is drawn; the same seed gives the same result.
    budget : Budget or float, optional
        When its seconds run out, the best so far is returned with ``complete`` False.
    progress : Progress, optional
        Told of every stage.
    refine : bool
        Whether a learner may improve its result by a local search that starts there.
    **options
        ``method`` ("enumeration" for samples: the paper's own way), and what the learner takes.

    Raises
    ------
    Unsupported
        If the type of the data or an option is unknown, or the data are no function's with that few neurons: a
        learner refuses, with its reason, and never returns what its own checks do not bear out.
    NotANumber
        If `neurons` is not a positive integer, the seed no integer at least 0, or the budget nothing
        positive.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> from verinet.theory.narrow_learning.oracles import ExactMoments
    >>> x, y = variables("x", 2)
    >>> hidden = network((x, y), 3 * relu(x + 2 * y) - relu(x))
    >>> found = learn(ExactMoments(hidden), neurons=2)
    >>> found.error, found.complete, found.network(5, 7) == hidden(5, 7)
    (0.0, True, True)

    Guarantee: as the `error_words` of the result say.
    """
    whole(neurons, "the number of neurons", 1)
    whole(seed, "a seed", 0)
    if budget is not None and not isinstance(budget, Budget):
        budget = Budget(positive(budget, "a budget"))
    learner = _learner(data, options.pop("method", None))
    known = [name for name, kind in inspect.signature(learner).parameters.items() if kind.kind is kind.KEYWORD_ONLY]
    for name in options:
        if name not in known:
            extra = [name for name in known if name not in ("neurons", "seed", "budget", "progress", "refine")]
            raise Unsupported(
                f"this learner has no option {name!r}",
                fix=f"its options are {', '.join(extra)}" if extra else "give it none",
            )
    common = {"neurons": neurons, "seed": seed, "budget": budget, "progress": progress or SILENT, "refine": refine}
    with nullcontext() if budget is None else under(budget):
        return learner(data, **common, **options)


def unit_directions(function: RidgeSum) -> tuple[tuple[tuple[float, ...], ...], tuple[float, ...]]:
    r"""Return the unit vectors :math:`w_i / |w_i|` and the :math:`m_i |w_i|` of the ridges, as floats for reading.

    Numbers of any length are scaled before they become floats, so that nothing overflows on the way.

    Examples
    --------
    >>> from verinet.theory.ridges import Ridge
    >>> huge = Fraction(10) ** 400
    >>> unit_directions(RidgeSum((Fraction(0),) * 2, ridges=(Ridge(1 / huge, (3 * huge, 4 * huge)),)))
    (((0.6, 0.8),), (5.0,))

    Guarantee: numeric.
    """
    directions: list[tuple[float, ...]] = []
    coefficients: list[float] = []
    for ridge in function.ridges:
        largest = max(map(abs, ridge.weight), default=Fraction(0))
        scaled = [float(w / largest) if largest else 0.0 for w in ridge.weight]
        length = float(_root(sum((w * w for w in ridge.weight), Fraction(0)) / (largest * largest or 1)))
        directions.append(tuple(w / length if length else 0.0 for w in scaled))
        coefficients.append(_float(ridge.coefficient * largest) * length)
    return tuple(directions), tuple(coefficients)


def above(bound: Fraction) -> float:
    """Return a float that is not below a number, also where the nearest one is.

    Examples
    --------
    >>> Fraction(above(Fraction(1, 10))) >= Fraction(1, 10), above(Fraction(10) ** 400)
    (True, inf)

    Guarantee: certified.
    """
    near = _float(bound)
    return near if near == inf or Fraction(near) >= bound else nextafter(near, inf)


def spelled_above(bound: Fraction) -> str:
    """Return three digits of a number that is not below the given one, for a sentence.

    Examples
    --------
    >>> spelled_above(Fraction(1, 3)), spelled_above(Fraction(1, 10**400))
    ('3.34e-1', '1.00e-400')

    Guarantee: certified.
    """
    context = Context(prec=3, rounding=ROUND_CEILING, Emin=MIN_EMIN, Emax=MAX_EMAX)
    value = context.divide(Decimal(bound.numerator), Decimal(bound.denominator))
    return f"{value:.2e}"


def _root(square: Fraction) -> Fraction:
    """The square root of a number between 1 and the number of inputs, to 60 bits."""
    return Fraction(isqrt((square.numerator << 120) // square.denominator), 1 << 60)


def _float(q: Fraction) -> float:
    try:
        return float(q)
    except OverflowError:
        return inf if q > 0 else -inf


def _learner(data: object, method: object) -> Learner:
    types = [f"{kind.__module__}:{kind.__qualname__}" for kind in type(data).__mro__]
    rows = [row for row in LEARNERS if row.data in types]
    if not rows:
        names = ", ".join(dict.fromkeys(row.data.partition(":")[2] for row in LEARNERS))
        raise Unsupported(f"nothing is known about learning from a {type(data).__name__}", fix=f"give one of {names}")
    chosen = [row for row in rows if method is None or row.method == method]
    if not chosen:
        methods = ", ".join(row.method for row in rows)
        raise Unsupported(f"there is no method {method!r} for such data", fix=f"the methods are {methods}")
    module, _, name = chosen[0].learner.partition(":")
    return cast(Learner, getattr(import_module(module), name))
