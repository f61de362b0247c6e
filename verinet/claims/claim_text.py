"""Claims written in one line: ``sup_error(x^2) <= 1/256 on [0,1]``, ``injective``, ``y_0 >= x_0 on [-1,1]^2``.

The text is read by a grammar (docs/reference/claim-grammar.md) and becomes a claim by the table of builders
`verinet.claims.claim_heads.HEADS`.  Words that are no head begin a formula in inputs and outputs, which is claimed to
hold everywhere on the set.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from verinet.claims import builders
from verinet.claims.claim_heads import HEADS
from verinet.claims.claim_parser import Everywhere, Parser, claimed
from verinet.claims.claim_sets import read_set
from verinet.claims.claim_tokens import Token
from verinet.errors import BadFormat, Unsupported
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.network import Network


def parse_claim(text: str, networks: Sequence[Network], domain: Polyhedron | None = None) -> Any:
    """Return the claim that a text makes about networks.

    Guarantee: exact (the claim says exactly this).

    Parameters
    ----------
    text : str
        ``HEAD ... [on SET]`` or ``FORMULA [on SET]``; see `HEADS`.
    networks : sequence of Network
        One, or several that read the same inputs; then their outputs are ``f1.y_0, ..., f2.y_0, ...``.
    domain : Polyhedron, optional
        Where the text names no set; without both it is the domain of the network.

    Raises
    ------
    BadFormat
        For text outside of the grammar, naming the character.
    Unsupported
        For what the claim cannot say, and where no set is named.
    VerinetError
        As the builder of the claim says.

    Examples
    --------
    >>> from verinet.networks.build import network, relu, variables
    >>> a, b = variables("x", 2)
    >>> f = network((a, b), relu(a - b) + b)
    >>> print(parse_claim("y >= x_0 and (y > -1 or x_1 <= -1/2) on [-1,1]^2 with x_0 + x_1 <= 1", [f]).text())
    y_0 >= x_0 and (y_0 > -1 or x_1 <= -1/2) on [-1,1]^2 with x_0 + x_1 <= 1
    >>> print(parse_claim("monotone up in x_0 on [-1,1]^2", [f]).text())
    y_0 is nondecreasing in x_0 on [-1,1]^2
    """
    parser = Parser(text, networks)
    first = parser.peek()
    head = HEADS.get(first.text) if first.kind == "name" else None
    if head is not None:
        parser.take()
    elif first.kind == "name":
        _begins_a_formula(parser, first)
    maker = head(parser) if head is not None else claimed(parser, builders.always)
    stated = None
    if parser.accept("on"):
        stated = read_set(parser, parser.meanings, parser.size)
        if domain is not None:
            raise Unsupported(
                "the claim names a set, and another one was given", fix="leave one of them out", where=parser.where(0)
            )
    if parser.peek().kind != "end":
        parser.fail("on and a set, or the end")
    if isinstance(maker, Everywhere):
        return maker.made(stated if stated is not None else domain)
    return maker(_domain(parser, stated if stated is not None else domain))


def _begins_a_formula(parser: Parser, first: Token) -> None:
    """Refuse a word that is neither a head nor a variable, and name the heads that it resembles.

    Raises
    ------
    BadFormat
        Naming them.
    """
    if first.text in ("and", "or", "not", "on", "with") or parser.meanings.names.is_one(first.text):
        return
    near = get_close_matches(first.text.lower(), HEADS, n=3, cutoff=0.6)
    near = near or [head for head in HEADS if len(first.text) > 2 and head.startswith(first.text.lower())]
    variables = f"the variables are {parser.meanings.names.words()}"
    raise BadFormat(
        f"there is no variable {first.text[:40]}, and no claim begins with this word",
        fix=(f"did you mean {' or '.join(near)}? " if near else f"claims begin with {', '.join(HEADS)}, or a formula; ")
        + variables,
        where=parser.where(first.place),
    )


def _domain(parser: Parser, stated: Polyhedron | None) -> Polyhedron:
    if stated is not None:
        return stated
    own = [network.domain for network in parser.networks if network.domain is not None]
    if own and all(sides == own[0] for sides in own):
        return Polyhedron(*zip(*own[0], strict=True))
    power = "" if parser.size == 1 else f"^{parser.size}"
    raise Unsupported(
        "a claim needs a set of inputs, and neither the text nor the network names one",
        fix=f'end the claim with "on [-1,1]{power}", or "on R{power}" for all inputs; or give --domain',
    )
