"""Theorems about how a network is written down: the kernel reads its chain, the rest is an assumption that says so.

The statement is "true" at one point: all that the kernel has to say is which network it has read, whose widths it
prints.  What is claimed of that description is counted here, exactly, and stands as a lemma.
"""

from __future__ import annotations

from fractions import Fraction

from verinet.claims.architectures import Built, BuiltFrom
from verinet.claims.language import Always
from verinet.claims.verdicts import Refuted, Verdict
from verinet.geometry.polyhedra import Polyhedron
from verinet.networks.formats.json import network_to_json
from verinet.networks.network import Network
from verinet.provers.conjunctions import ELEMENTARY, decided, lemma, retold
from verinet.work import SILENT, Budget, Progress

#: The origin of what is counted in a description.
COUNTED = "verinet, counted in the description"


def built(claim: Built | BuiltFrom, budget: Budget, progress: Progress) -> Verdict:
    """Decide a claim about an architecture by counting."""
    if not claim.holds:
        found = claim.found if isinstance(claim, Built) else ", ".join(claim.found)
        return Refuted(None, None, f"{claim.text()} ({'it is' if isinstance(claim, Built) else 'found:'} {found})")
    return by_its_description(claim.text(), claim.network, claim.counted(), COUNTED)


def by_its_description(text: str, network: Network, said: str, origin: str = ELEMENTARY) -> Verdict:
    """A theorem under one lemma, about the network that the certificate holds."""
    at = _some_point(network)
    nothing = Always((network,), (), Polyhedron(at, at))
    return retold(text, decided(nothing, Budget(), SILENT), [lemma(said, text, origin, network_to_json(network))])


def _some_point(network: Network) -> tuple[Fraction, ...]:
    if network.domain is None:
        return (Fraction(0),) * network.input_size
    return tuple(low for low, _ in network.domain)
