"""What certificates of bijectivity and surjectivity say: statements ``all``, and the lemmas that join their parts.

The parts are the kernel's; that they imply the claim is the theory of degree, stated here word for word and printed
with every theorem that uses it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verinet.claims import statements
from verinet.claims.formulas import Affine, Atom, all_of, any_of
from verinet.claims.injectivity import set_text
from verinet.claims.language import Always, Equal, Value
from verinet.claims.normal_forms import clauses
from verinet.claims.slopes import full_domain_json
from verinet.claims.spoken import OfOneNetwork, check_setting
from verinet.errors import ShapeMismatch, Unsupported
from verinet.geometry.polyhedra import Polyhedron, exact_point, whole_space
from verinet.networks.build import layered
from verinet.networks.local_maps import LocalMap, local_map
from verinet.networks.network import Network

Json = statements.Json

HOMEOMORPHISM = (
    "Let f: R^n -> R^n be continuous and piecewise affine with finitely many pieces, the determinants of the pieces "
    "that hold on sets with interior all of one strict sign. If f(x) = f(p) for x = p only, and f is affine near p, "
    "then f is a homeomorphism of R^n onto R^n; in particular it is injective on every subset.",
    "schramm1980",
)
ONTO = (
    "Let f: R^n -> R^n be continuous and piecewise affine with finitely many pieces, the determinants of the pieces "
    "that hold on sets with interior all of one strict sign. Then f takes every value of R^n.",
    "radons2017",
)
ODD = (
    "Let f be continuous (first part: no activation jumps) on a polytope D of R^n with values in R^n, Q a convex set "
    "with interior, and no value at the boundary of D in the interior of Q. If some q inside Q is the value of f at "
    "exactly one point p, p is inside D and f is affine near p, then every point of Q is a value of f on D (its degree "
    "there is 1 or -1).",
    "deimling1985",
)
SECTIONS = (
    "If every point of Q lies in one of the sets Q_1, ..., Q_k (first part), and for each j there is an affine map g_j "
    "with values in D on Q_j and f(g_j(y)) = y for y in Q_j (the other parts), then every point of Q is a value of f "
    "on D.",
    "definition",
)


def lemma(text: str, origin: str) -> dict[str, str]:
    """Return the assumption of a named lemma.

    Guarantee: exact (it is printed as it stands).

    Examples
    --------
    >>> lemma(*ONTO)["origin"]
    'radons2017'
    """
    return {"kind": "lemma", "text": text, "sha256": hashlib.sha256(text.encode()).hexdigest(), "origin": origin}


def everything(parts: Sequence[Json]) -> Json:
    """Return the conjunction of statements.

    Guarantee: exact.

    Examples
    --------
    >>> everything([{"kind": "value"}])["parts"]
    [{'kind': 'value'}]
    """
    return {"kind": "all", "parts": list(parts)}


@dataclass(frozen=True, slots=True)
class Oriented(OfOneNetwork):
    """The Jacobian determinant has one strict sign on every full-dimensional cell of the domain.

    Parameters
    ----------
    networks : tuple of one Network
        As many outputs as inputs.
    domain : Polyhedron
        With interior.
    sign : int
        1 or -1.

    Guarantee: exact (what is said; whether it is true, `verinet.prove` finds out).
    """

    networks: tuple[Network, ...]
    domain: Polyhedron
    sign: int

    def __post_init__(self) -> None:
        inputs, outputs = check_setting(self.networks, self.domain)
        if len(self.networks) != 1 or inputs != outputs:
            raise ShapeMismatch(
                f"oriented needs one network with as many outputs as inputs, got {inputs} inputs, {outputs} outputs",
                fix="ask whether it is one-to-one: injective(network, domain)",
            )

    def holds_at(self, x: Sequence[Fraction]) -> bool:
        """Tell whether f is affine near x, with a determinant of this sign.  Guarantee: exact."""
        return local_map(self.network, x).inside and orientation_near(self.network, x) == self.sign

    def statement(self) -> Json:
        """Return the kernel's statement, as JSON values; raises as `Always.statement`, and on a flat domain."""
        return {
            "kind": "orientation",
            "networks": statements.networks_json(self.networks, self.domain),
            "domain": full_domain_json(self.domain),
            "sign": "positive" if self.sign > 0 else "negative",
        }

    def text(self) -> str:
        """Return one line of ASCII."""
        return f"det Df {'>' if self.sign > 0 else '<'} 0 on every cell of {set_text(self.domain)}"


def oriented(network: Network, domain: Polyhedron | None = None, sign: str = "positive") -> Oriented:
    """Claim that all Jacobian determinants on a domain (without one, R^n) are positive, or all negative.

    Guarantee: exact (the claim says exactly this).

    Raises
    ------
    ShapeMismatch
        If the network has more inputs than outputs, or fewer.
    Unsupported
        If the sign is neither "positive" nor "negative".

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> x, y = variables("x", 2)
    >>> print(oriented(network((x, y), (relu(x) + x, y - x)), sign="positive").text())
    det Df > 0 on every cell of R^2
    """
    if sign not in ("positive", "negative"):
        raise Unsupported(f"an orientation is positive or negative, got {sign!r}", fix="choose one of them")
    whole = whole_space(network.input_size) if domain is None else domain
    return Oriented((network,), whole, 1 if sign == "positive" else -1)


def only_at(network: Network, at: Sequence[Fraction], domain: Polyhedron) -> Always:
    """Return the claim that ``f(x) = f(at)`` on the domain for ``x = at`` only.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> print(only_at(network(x, relu(x) + x), (Fraction(1),), whole_space(1)).text())
    (y_0 > 2 or y_0 < 2 or x <= 1) and (y_0 > 2 or y_0 < 2 or x >= 1) on (-inf,inf)
    """
    point = exact_point(at, domain.dimension, "degree")
    value = network(*point)
    differ: list[Atom] = []
    for k, entry in enumerate(value):
        differ.extend((Affine.of_output(k) > entry, Affine.of_output(k) < entry))
    sides = [side for i, entry in enumerate(point) for side in _sides(i, entry)]
    return Always((network,), clauses(all_of(*(any_of(*differ, side) for side in sides))), domain)


def affine_near(network: Network, at: Sequence[Fraction]) -> Equal:
    """Return the claim that f is one affine map on a cube around the point.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If the point lies on a breakpoint of an activation.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> print(affine_near(network(x, relu(x) + x), (Fraction(1),)).text())
    f1(x) = f2(x) on [1/2,3/2]
    """
    piece = local_map(network, at)
    if not piece.inside:
        raise Unsupported(
            "the value that is taken once needs a point near which f is affine; this one lies on a breakpoint",
            fix="move the point a little",
        )
    radius = cube_side(piece)
    cube = Polyhedron(tuple(c - radius for c in piece.at), tuple(c + radius for c in piece.at))
    return Equal((network, layered([piece.weight], [piece.bias])), cube)


def unique_preimage(network: Network, at: Sequence[Fraction], domain: Polyhedron | None = None) -> Json:
    """Return the statement that implies, by the lemma `HOMEOMORPHISM`, that f is a bijection of R^n.

    Its parts: the orientation of f; its value at the point; no other point has that value; f is affine near it.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        If the point lies on a breakpoint, or f is singular near it.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> [part["kind"] for part in unique_preimage(network(x, relu(x) + x), (Fraction(1),))["parts"]]
    ['orientation', 'value', 'always', 'equal']
    """
    whole = whole_space(network.input_size) if domain is None else domain
    point = exact_point(at, network.input_size, "degree")
    sign = orientation_near(network, point)
    if not sign:
        raise Unsupported("f is singular near the point, hence not injective", fix="refute injective(f)")
    return everything(
        [
            Oriented((network,), whole, sign).statement(),
            Value((network,), point, network(*point)).statement(),
            only_at(network, point, whole).statement(),
            affine_near(network, point).statement(),
        ]
    )


def orientation_near(network: Network, at: Sequence[Fraction]) -> int:
    """Return the sign of the determinant of f near a point: 1, -1, or 0.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> orientation_near(network(x, relu(x) - 3 * x), (Fraction(1),))
    -1
    """
    determinant = local_map(network, at).weight.det()
    return (determinant > 0) - (determinant < 0)


def cube_side(piece: LocalMap) -> Fraction:
    """Return a power of two below the radius on which the piece holds; 1 at most.

    Guarantee: exact.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variable
    >>> x = variable("x")
    >>> cube_side(local_map(network(x, relu(x)), ("1/3",)))
    Fraction(1, 4)
    """
    radius, side = piece.radius(), Fraction(1)
    while radius is not None and side >= radius:
        side /= 2
    return side


def _sides(i: int, entry: Fraction) -> tuple[Atom, Atom]:
    return Affine.of_input(i) <= entry, Affine.of_input(i) >= entry
