"""``verinet eval NET --at POINT``: the outputs at a point, exactly; certified bounds if an activation is smooth."""

from __future__ import annotations

from fractions import Fraction

from verinet.claims.wording import point_text
from verinet.cli.networks import read
from verinet.cli.outcome import DONE, Outcome
from verinet.errors import NotANumber, VerinetError
from verinet.exact.rationals import Q, format_rational
from verinet.networks.evaluate import evaluate as evaluated
from verinet.networks.formats import ReadOptions
from verinet.networks.network import Activate, Network

_DIGITS = 20
_BITS = 192


def evaluate(path: str, at: str, options: ReadOptions) -> Outcome:
    """Read the point, then the network; evaluate.

    Raises
    ------
    VerinetError
        For a point or a network that cannot be read, or sizes that do not fit.
    """
    x = parse_point(at)
    file = read(path, options)
    network = file.network
    document = {"network": file.document(), "x": [format_rational(value) for value in x]}
    if not _is_smooth(network):
        y = network(x)
        line = f"f{_bracketed(x)} = {point_text(y)}     exact"
        return Outcome(
            DONE,
            (line, file.line),
            {**document, "y": [format_rational(v) for v in y], "guarantee": "exact"},
            file.notes,
        )
    ends = _enclosures(network, x)
    shown = [f"y_{i} in [{_decimal(low)}, {_decimal(high)}]     certified" for i, (low, high) in enumerate(ends)]
    lines = (f"at x = {point_text(x)}", *shown, file.line)
    pairs = [[format_rational(low), format_rational(high)] for low, high in ends]
    return Outcome(DONE, lines, {**document, "y_enclosures": pairs, "guarantee": "certified"}, file.notes)


def parse_point(text: str, option: str = "--at", example: str = "(1/3, -2/7)") -> tuple[Fraction, ...]:
    """The point that text such as ``(1/3, -2/7)`` writes; brackets may be left out.

    An error names the option that the text came from, and shows the example.

    Raises
    ------
    NotANumber
        For anything but exact numbers between commas.

    Examples
    --------
    >>> parse_point("(1/3, -0.5)")
    (Fraction(1, 3), Fraction(-1, 2))
    """
    body = text.strip()
    if body[:1] in ("(", "[") and body[-1:] == {"(": ")", "[": "]"}[body[0]]:
        body = body[1:-1]
    entries = [entry.strip() for entry in body.removesuffix(",").split(",")]
    try:
        return tuple(Q(entry) for entry in entries)
    except VerinetError as error:
        raise NotANumber(
            f"{option} needs exact numbers between commas: {error.problem}", fix=f'write {option} "{example}"'
        ) from error


def _bracketed(x: tuple[Fraction, ...]) -> str:
    text = point_text(x)
    return text if text.startswith("(") else f"({text})"


def _is_smooth(network: Network) -> bool:
    return any(
        activation.smooth is not None
        for vertex in network.vertices
        if isinstance(vertex.operation, Activate)
        for activation in vertex.operation.activations
    )


def _enclosures(network: Network, x: tuple[Fraction, ...]) -> list[tuple[Fraction, Fraction]]:
    """Rigorous bounds of the outputs, rounded outwards to decimals."""
    from verinet.networks.balls import BallArithmetic

    grid = 10**_DIGITS
    found = evaluated(network, x, BallArithmetic(_BITS))
    return [(Fraction((y.low * grid).__floor__(), grid), Fraction((y.high * grid).__ceil__(), grid)) for y in found]


def _decimal(q: Fraction) -> str:
    scaled = int(q * 10**_DIGITS)
    whole, part = divmod(abs(scaled), 10**_DIGITS)
    return f"{'-' if scaled < 0 else ''}{format_rational(Fraction(whole))}.{part:0{_DIGITS}d}"
