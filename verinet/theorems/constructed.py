"""A construction with its row of the catalogue, and what became of its claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from time import perf_counter
from typing import Any

from verinet.claims.verdicts import Certificate, Proved, Verdict
from verinet.errors import Unsupported
from verinet.exact.rationals import format_rational
from verinet.networks.network import Activate, Affine, Network
from verinet.theory.catalogue import Entry
from verinet.theory.construction import Construction, Part
from verinet.theory.minimal_width.functions import read_targets
from verinet.work import SILENT, Budget, Progress

__all__ = ["Constructed", "decided", "proved"]

#: How near the value of a smooth target is taken.
_NEAR = Fraction(1, 1 << 30)


@dataclass(frozen=True, slots=True)
class Constructed:
    """A construction with its row of the catalogue, and what became of its claim.

    Parameters
    ----------
    entry : Entry
    construction : Construction
    targets : tuple
        The functions, one an output.
    text : str
        The targets in one line.
    options : mapping
        What was asked for: the keywords of `construct` that a smaller or larger instance shares.
    notes : tuple of str
        Options that did not apply and were ignored.
    seconds : float
        Of the construction, and of the proof if there was one.
    verdict : Proved, Refuted, Unknown or None
        None if no proof was asked for.

    Guarantee: exact (the bound is proved where `verdict` is `Proved`; else it is the construction's word).
    """

    entry: Entry
    construction: Construction
    targets: tuple[Any, ...]
    text: str
    options: Mapping[str, Any]
    notes: tuple[str, ...]
    seconds: float
    verdict: Verdict | None = None

    @property
    def name(self) -> str:
        """As in the catalogue."""
        return self.entry.name

    @property
    def network(self) -> Network:
        """The network."""
        return self.construction.network

    @property
    def claim(self) -> Any:
        """What is claimed of it."""
        return self.construction.claim

    @property
    def error_bound(self) -> Fraction:
        """An upper bound of the norm of the error (not of its p-th power)."""
        return self.construction.error_bound

    @property
    def norm(self) -> str:
        """``"sup"``, ``"L2"``, ..."""
        return self.construction.norm

    @property
    def facts(self) -> Mapping[str, object]:
        """What the construction chose."""
        return self.construction.facts

    @property
    def parts(self) -> tuple[Part, ...]:
        """Encoder, memorizer, decoder, or what the construction is made of."""
        return self.construction.parts

    def part(self, name: str) -> Part:
        """Return the part of this name; Unsupported if there is none."""
        return self.construction.part(name)

    @property
    def certificate(self) -> Certificate | None:
        """The certificate, if the claim was proved."""
        return self.verdict.certificate if isinstance(self.verdict, Proved) else None

    @property
    def assumptions(self) -> tuple[dict[str, str], ...]:
        """What the theorem relies on besides the kernel; of an unproved claim, what its theorem would rely on."""
        if isinstance(self.verdict, Proved):
            return tuple(self.verdict.theorem.assumptions)
        return tuple(getattr(self.claim, "assumptions", ()))

    @property
    def activations(self) -> tuple[str, ...]:
        """The different activations of the neurons, in the order of their first use."""
        operations = (vertex.operation for vertex in self.network.vertices)
        rows = [operation.activations for operation in operations if isinstance(operation, Activate)]
        return tuple(dict.fromkeys(str(activation) for row in rows for activation in row))

    @property
    def max_bits(self) -> int:
        """The bits of the longest numerator or denominator of a weight or bias."""
        return max(map(_bits, _weights(self.network)), default=0)

    def values_at(self, x: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """Return what the targets are at x: exactly, or for smooth ones within 2^-30.

        Guarantee: certified.

        Raises
        ------
        Unsupported
            If the construction has no targets.
        """
        if not self.targets:
            raise Unsupported(f"{self.name} has no targets", fix="evaluate its network: found.network(...)")
        read = read_targets(self.targets, self.network.input_size)
        return tuple(function.value(x, _NEAR) for function in read.functions)

    def __str__(self) -> str:
        shape = f"width {self.network.width}, depth {self.network.depth}"
        return f"{self.name} ({self.entry.theorem}): {shape}, {self.norm} error <= {format_rational(self.error_bound)}"


def proved(found: Constructed, budget: Budget | float | None = None, progress: Progress = SILENT) -> Constructed:
    """Return the same with a verdict about its claim.

    Guarantee: exact.
    """
    started = perf_counter()
    limits = budget if isinstance(budget, Budget) else Budget(seconds=budget)
    verdict = decided(found.construction, limits, progress)
    seconds = found.seconds + perf_counter() - started
    return replace(found, seconds=seconds, verdict=verdict)


def decided(construction: Construction, budget: Budget, progress: Progress) -> Verdict:
    """The verdict of the prover that follows plans."""
    from verinet.provers.conjunctions import lemma, retold
    from verinet.provers.portfolio import prove

    verdict = prove(construction.claim, budget, progress, plan=construction.plan)
    if not construction.lemma or not isinstance(verdict, Proved):
        return verdict
    bound = format_rational(construction.error_bound)
    said = f"{construction.norm} error of the network with sha256 {construction.network.hash} is at most {bound}"
    return retold(f"{said} [by lemma from: {construction.claim.text()}]", verdict, [lemma(construction.lemma, said)])


# --- weights ---------------------------------------------------------------------------------------------------------


def _weights(network: Network) -> list[Fraction]:
    found: list[Fraction] = []
    for vertex in network.vertices:
        match vertex.operation:
            case Affine(weight=weight, bias=bias):
                found += [entry for matrix in (weight, bias) for line in matrix.to_rows() for entry in line]
            case Activate(activations=activations):
                found += [parameter for activation in activations for parameter in activation.parameters]
    return found


def _bits(number: Fraction) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length())
