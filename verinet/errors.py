"""One small tree of exceptions, each named after the mistake, each with a ``Fix:`` line.

Every message answers four questions: which operation, what it needs, what it got (and where), and how to
mend it.  The command line prints the message alone and exits with status 3; nothing is half-written.
"""

from __future__ import annotations


class VerinetError(Exception):
    """Root of the tree: a problem and the way to fix it.

    Parameters
    ----------
    problem : str
        The operation, what it needs and what it got.
    fix : str
        What the reader can do about it, an imperative sentence.
    where : str, optional
        The file, line, node, row or step the problem was met at.

    Examples
    --------
    >>> print(VerinetError("Q needs an exact number, got the float 0.1", fix='write Q("0.1")'))
    Q needs an exact number, got the float 0.1
    Fix: write Q("0.1")
    """

    def __init__(self, problem: str, *, fix: str, where: str | None = None) -> None:
        self.problem = problem
        self.fix = fix
        self.where = where
        place = f"\n  at {where}" if where else ""
        super().__init__(f"{problem}{place}\nFix: {fix}")

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.problem, self.fix, self.where))


def _rebuild(kind: type[VerinetError], problem: str, fix: str, where: str | None) -> VerinetError:
    return kind(problem, fix=fix, where=where)


class InexactInput(VerinetError):
    """A float stood where an exact number was needed."""


class NotANumber(VerinetError):
    """Text or data that denotes no finite rational: NaN, infinity, a huge exponent, a stray character."""


class ShapeMismatch(VerinetError):
    """Sizes that do not fit together."""


class SingularMatrix(VerinetError):
    """A linear system without a unique solution, or an LU factorisation without a pivot."""


class BadFormat(VerinetError):
    """A file or text that its grammar rejects."""


class Unsupported(VerinetError):
    """An operator, activation or question that verinet does not handle, refused by name."""


class EmptyDomain(VerinetError):
    """A domain without a point: any claim about it would be vacuous."""


class NotBounded(VerinetError):
    """An unbounded set where a polytope is needed."""


class BudgetExhausted(VerinetError):
    """Long work that ran out of its budget."""


class CertificateRejected(VerinetError):
    """The kernel refused a certificate; `where` names the step."""


class MissingExtra(VerinetError):
    """An optional library that is not installed."""
