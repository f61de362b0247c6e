"""What a construction returns: the network, its parts, the claim with its exact bound, and the plan of its proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from verinet.claims.language import AnyClaim
from verinet.claims.plans import Plan
from verinet.errors import ShapeMismatch, Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.networks.network import Interval, Network


@dataclass(frozen=True, slots=True)
class Part:
    """A network with the intervals in which its channels are certified; calling it elsewhere is an error.

    Parameters
    ----------
    name : str
        "encoder", "memorizer", "decoder", ...
    network : Network
    domain : tuple of (Fraction, Fraction)
        One closed interval an input channel.

    Guarantee: exact.
    """

    name: str
    network: Network
    domain: tuple[Interval, ...]

    def __call__(self, *x: object) -> tuple[Fraction, ...]:
        """Return the outputs at x.

        Raises
        ------
        ShapeMismatch
            If there are more or fewer coordinates than channels.
        Unsupported
            If a coordinate leaves its certified interval.
        """
        point = tuple(map(Q, x))
        if len(point) != len(self.domain):
            raise ShapeMismatch(
                f"the {self.name} takes {len(self.domain)} numbers, got {len(point)}",
                fix="give one for every channel",
            )
        for place, (value, (low, high)) in enumerate(zip(point, self.domain, strict=True)):
            if not low <= value <= high:
                raise Unsupported(
                    f"channel {place} of the {self.name} is certified on [{format_rational(low)}, "
                    f"{format_rational(high)}], got {format_rational(value)}",
                    fix="stay inside: outside of it a channel that passes a value on does not",
                )
        return self.network(*point)


@dataclass(frozen=True, slots=True)
class Construction:
    """A network that a theorem promises.

    Parameters
    ----------
    name : str
        As `verinet construct` knows it, such as "minimal-width/leaky".
    theorem : str
        The place in the paper, or "derived".
    network : Network
    parts : tuple of Part
        Encoder, memorizer, decoder (or what the construction is made of), in the order in which they follow.
    claim : AnyClaim
        What is claimed of the network: an error that is at most `error_bound`.
    error_bound : Fraction
        An upper bound of the norm itself, not of its p-th power.
    norm : str
        "sup", "L2", ...
    plan : Plan or None
        A hint for the proof.
    facts : mapping of str to int, Fraction or str
        What the construction chose: resolution, repetitions, measure of the bad set, ...
    lemma : str
        Where the claim is about another network: why the bound holds for this one, too.  A theorem names it.

    Guarantee: exact (that the claim holds, `verinet.construct(..., prove=True)` finds out).
    """

    name: str
    theorem: str
    network: Network
    parts: tuple[Part, ...]
    claim: AnyClaim
    error_bound: Fraction
    norm: str
    plan: Plan | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    lemma: str = ""

    def part(self, name: str) -> Part:
        """Return the part of this name.

        Raises
        ------
        Unsupported
            If there is none.
        """
        for part in self.parts:
            if part.name == name:
                return part
        raise Unsupported(
            f"the construction {self.name} has no part {name!r}",
            fix=f"its parts are {', '.join(part.name for part in self.parts)}",
        )
