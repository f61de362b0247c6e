"""The claim of a uniform construction: the sup error over all outputs is at most a number."""

from __future__ import annotations

from fractions import Fraction

from verinet.claims.builders import sup_error
from verinet.claims.language import AnyClaim
from verinet.claims.output_errors import sup_errors_of_outputs
from verinet.networks.network import Network
from verinet.theory.minimal_width.coded_values import Box
from verinet.theory.minimal_width.functions import Targets, box_domain


def uniform_claim(network: Network, goal: Targets, box: Box, bound: Fraction) -> AnyClaim:
    """``sup |f - net| <= bound`` on the box, as one claim.

    Guarantee: exact (the claim says exactly this).
    """
    domain = box_domain(box)
    if len(goal) == 1 or goal.all_polynomial:
        claim: AnyClaim = sup_error(network, goal.claimed, domain) <= bound
        return claim
    return sup_errors_of_outputs(network, [function.given for function in goal.functions], domain, bound)
