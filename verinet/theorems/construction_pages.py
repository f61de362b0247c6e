"""The LaTeX page of a construction: its words, its table of sizes, its pictures, its theorem if that was checked."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verinet.claims.verdicts import Proved
from verinet.errors import VerinetError
from verinet.exact.rationals import format_rational
from verinet.networks.network import Activate
from verinet.report.checked import check
from verinet.report.coding_figures import Panel
from verinet.report.latex_construction import ConstructionPage, Row, construction_page
from verinet.report.latex_formulas import number
from verinet.theorems.coding_pictures import coding_picture
from verinet.theorems.constructions import Constructed, construct
from verinet.theory.statements import wording
from verinet.work import Budget

#: Facts of one construction that are longer are left out of a page.
LONGEST_FACT = 60


def page(found: Constructed, budget: Budget | float | None = None) -> str:
    """Return the page of a construction as a LaTeX document.

    The table has the instance and smaller resolutions; these are proved, too, if the instance was.

    Guarantee: exact (the theorem is checked anew; pictures are numeric).

    Raises
    ------
    Unsupported
        If there are no words about this construction.
    CertificateRejected
        If the kernel refuses the certificate.

    Examples
    --------
    >>> from verinet.theorems.constructions import construct
    >>> text = page(construct("minimal-width/stepped", "x^2", resolution=4))
    >>> [line.split(" & ")[:3] for line in text.splitlines() if line.endswith("computed " + chr(92) * 2)]
    [['2', '5', '2'], ['4', '13', '2']]
    """
    limits = budget if isinstance(budget, Budget) else Budget(seconds=budget)
    words = wording(found.name, _numbers(found))
    theorem = check(found.verdict) if isinstance(found.verdict, Proved) else None
    return construction_page(
        ConstructionPage(
            found.name,
            found.entry.theorem,
            found.entry.paper,
            words.statement,
            words.formulas,
            found.text,
            found.norm,
            _facts(found),
            _rows(found, limits),
            _panels(found),
            theorem,
        )
    )


def _numbers(found: Constructed) -> dict[str, str]:
    """What a page may speak of: facts that are numbers, and the parameters of the activations."""
    numbers: dict[str, str] = {}
    # the slope of a smooth blend is told by the piecewise affine network that the claim is about
    for network in (found.network, *getattr(found.claim, "networks", ())):
        operations = (vertex.operation for vertex in network.vertices)
        layers = (operation.activations for operation in operations if isinstance(operation, Activate))
        for activation in (activation for layer in layers for activation in layer):
            for name, value in zip(("alpha", "step"), activation.parameters, strict=False):
                numbers.setdefault(name, number(abs(value)))
    numbers |= {key: number(value) for key, value in found.facts.items() if isinstance(value, Fraction)}
    return numbers | {key: str(value) for key, value in found.facts.items() if isinstance(value, int)}


def _facts(found: Constructed) -> dict[str, str]:
    texts = {str(key).replace("_", " "): _text(value) for key, value in found.facts.items()}
    return {key: text for key, text in texts.items() if len(text) <= LONGEST_FACT}


def _text(value: Any) -> str:
    return format_rational(value) if isinstance(value, Fraction) else str(value)


def _rows(found: Constructed, budget: Budget) -> tuple[Row, ...]:
    """The instance, and before it those of half and a quarter of its resolution."""
    largest = found.facts.get("resolution")
    if not isinstance(largest, int):
        return (_row("", found),)
    smaller = [n for n in (largest // 4, largest // 2) if 2 <= n < largest]
    wanted = {key: value for key, value in found.options.items() if key not in ("eps", "resolution")}
    rows = []
    for n in dict.fromkeys(smaller):
        try:
            one = construct(
                found.name, found.targets, resolution=n, prove=found.verdict is not None, budget=budget, **wanted
            )
        except VerinetError:  # a row that the budget does not reach is left out
            continue
        rows.append(_row(str(n), one))
    return (*rows, _row(str(largest), found))


def _row(resolution: str, found: Constructed) -> Row:
    network, proved = found.network, isinstance(found.verdict, Proved)
    return Row(resolution, network.depth, network.width, found.max_bits, found.error_bound, proved)


def _panels(found: Constructed) -> tuple[Panel, ...]:
    try:
        return coding_picture(found).panels
    except VerinetError:  # a page without pictures is one, too
        return ()
