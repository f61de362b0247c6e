"""The table of all constructions: their names, theorems, papers, norms and options.

A row names its function by module, so that nothing is imported before it is used.  A new construction is a new row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from verinet.errors import Unsupported


@dataclass(frozen=True, slots=True)
class Entry:
    """One construction.

    Parameters
    ----------
    name : str
        As ``verinet construct`` knows it: a subject, a slash, a word.
    home : str
        The function as ``module:name``.
    theorem : str
        The place in the paper, or "derived".
    paper : str
        Key of the bibliography.
    norm : str
        ``"L^p"`` (even p, 2 unless told) or ``"sup"``: that of the theorem; ``"moment"``: Gaussian moments are equal.
    width : str
        The promised width, for dx inputs and dy outputs.
    options : tuple of str
        Further options that the function takes, besides `targets`, `inputs`, `resolution`, `eps` and `domain`.
    line : str
        What it builds, in one line.
    target : str
        Of a construction for one map only: which; then its function takes the number of inputs instead of targets.
    asks : str
        ``"targets"``, with an error or a resolution; ``"polynomials"``, without these, since it is equal to them;
        ``"data"``: points and labels; ``"network"``: a network, first, and keywords, `options` alone; ``"options"``:
        these keywords alone.  Of the last two, `inputs`, `eps`, `resolution` and `domain` are options as others.

    Guarantee: exact (a row of data; what the function returns is proved elsewhere).
    """

    name: str
    home: str
    theorem: str
    paper: str
    norm: str
    width: str
    options: tuple[str, ...]
    line: str
    target: str = ""
    asks: str = "targets"

    @property
    def subject(self) -> str:
        """The part of the name before the slash."""
        return self.name.partition("/")[0]

    def function(self) -> Callable[..., Any]:
        """Return the function, imported now.

        Raises
        ------
        Unsupported
            If this installation does not have it.
        """
        module, _, attribute = self.home.partition(":")
        try:
            found: Callable[..., Any] = getattr(import_module(module), attribute)
        except (ModuleNotFoundError, AttributeError) as error:
            # an error inside of the module is not that the module is missing
            if isinstance(error, ModuleNotFoundError) and error.name != module:
                raise
            raise Unsupported(
                f"the construction {self.name} is not a part of this installation",
                fix="choose another one: verinet construct --list",
            ) from error
        return found


_WIDTHS = "verinet.theory.minimal_width"
_LAYERS = "verinet.theory.layerwise_rates.layerwise"
_BARRON = "verinet.theory.barron"
_LEARNING = "verinet.theory.narrow_learning.hard_networks"

CATALOGUE: tuple[Entry, ...] = (
    Entry(
        "minimal-width/leaky",
        f"{_WIDTHS}.leaky:leaky",
        "T2",
        "rochau2024",
        "L^p",
        "max(2, dx, dy)",
        ("alpha", "p"),
        "one leaky ReLU: staircases, one real number, a step function of it",
    ),
    Entry(
        "minimal-width/leaky-pair",
        f"{_WIDTHS}.leaky_pair:leaky_pair",
        "T1",
        "rochau2024",
        "L^p",
        "max(dx, dy)",
        ("alpha", "p"),
        "two leaky ReLUs with opposite slopes: a staircase, then folds; width 1 on the line",
    ),
    Entry(
        "minimal-width/stepped",
        f"{_WIDTHS}.stepped:stepped",
        "T3",
        "rochau2024",
        "sup",
        "max(2, dx, dy)",
        ("alpha", "step"),
        "one stepped leaky ReLU: pure jumps, constant on half-open cells",
    ),
    Entry(
        "minimal-width/stepped-pair",
        f"{_WIDTHS}.stepped_pair:stepped_pair",
        "T3",
        "rochau2024",
        "sup",
        "max(dx, dy)",
        ("alpha", "step"),
        "stepped leaky ReLUs with slopes of both signs: jumps, then folds; width 1 on the line",
    ),
    Entry(
        "minimal-width/autoencoder",
        f"{_WIDTHS}.autoencoder:autoencoder",
        "T4",
        "rochau2024",
        "L^p or sup",
        "d, then max(2, d)",
        ("alpha", "step", "p", "kind"),
        "an encoder into one real number and a decoder",
        "the identity",
    ),
    Entry(
        "minimal-width/floor-squashable",
        f"{_WIDTHS}.floor_squashable:floor_squashable",
        "T5",
        "rochau2024",
        "sup",
        "max(3, dx, dy)",
        ("activation",),
        "floors in the first layer, then one squashable activation",
    ),
    Entry(
        "minimal-width/floor",
        f"{_WIDTHS}.floor:floor",
        "derived",
        "rochau2024",
        "sup",
        "max(2, dx, dy)",
        (),
        "floors alone: all hidden values are integers",
    ),
    Entry(
        "minimal-width/lu",
        f"{_WIDTHS}.lu:lu",
        "T7",
        "rochau2024",
        "L^p",
        "d",
        ("alpha", "p"),
        "an invertible network of as many inputs as outputs whose matrices have LU factorisations",
    ),
    Entry(
        "minimal-width/smooth",
        f"{_WIDTHS}.smooth:smooth",
        "T9",
        "rochau2024",
        "L^p",
        "d",
        ("alpha", "p"),
        "a diffeomorphism: the invertible network with a smooth, strictly increasing activation",
    ),
    Entry(
        "memorization/memorize",
        "verinet.theory.memorization.memorize:memorize",
        "abstract",
        "hernandez2024",
        "points",
        "2",
        ("floats",),
        "points with labels, each exactly: a projection to a line and a chain of hinges",
        asks="data",
    ),
    Entry(
        "memorization/narrow",
        "verinet.theory.memorization.narrow:narrow",
        "abstract",
        "hernandez2024",
        "L^p",
        "dx + 1",
        ("p",),
        "one output: the inputs are hinged in place, one channel collects the code, then two memorise it",
    ),
    Entry(
        "memorization/shallow-polynomial",
        "verinet.theory.memorization.shallow_polynomial:shallow_polynomial",
        "abstract",
        "beknazaryan2022",
        "sup",
        "binomial(degree + dx, dx)",
        (),
        "polynomials, exactly: one hidden layer of rectified powers",
        asks="polynomials",
    ),
    Entry(
        "layerwise/exact",
        f"{_LAYERS}:layerwise_exact",
        "theorem 2.1",
        "zhangshenxu2026",
        "L^p",
        "2dN + d + 2",
        ("p", "depth", "grid"),
        "a readout after every level, each within (2d+1) omega(1/N^l); decoders: a power of 2, a fractional part",
    ),
    Entry(
        "layerwise/sine",
        f"{_LAYERS}:layerwise_sine",
        "theorem 2.1",
        "zhangshenxu2026",
        "L^p",
        "2dN + d + 2",
        ("p", "depth", "grid"),
        "the same with the activations of the paper: two sine channels; their weights by lattice reduction",
    ),
    Entry(
        "barron/repu-downward",
        f"{_BARRON}.network_rows:repu_downward",
        "derived",
        "heeringa2024",
        "sup",
        "cells a ridge",
        ("to", "cells", "eps", "domain", "radius"),
        "a network of rectified powers by lower ones, with a one-sided error in any dimension",
        asks="network",
    ),
    Entry(
        "barron/polynomial",
        f"{_BARRON}.network_rows:polynomial",
        "derived",
        "heeringa2024",
        "sup",
        "2^s a monomial",
        ("power",),
        "polynomials, exactly, on all of space: rectified powers by polarisation",
        asks="polynomials",
    ),
    Entry(
        "barron/taylor",
        f"{_BARRON}.taylor_row:taylor",
        "derived",
        "heeringa2024",
        "sup",
        "2 cells + 2 power at most",
        ("activation", "power", "radius", "cells"),
        "a smooth activation by rectified powers: its Taylor remainder cut into cells",
        asks="options",
    ),
    Entry(
        "barron/relu-by-requ",
        f"{_BARRON}.no_embedding:relu_by_requ",
        "derived",
        "heeringa2024",
        "sup",
        "2",
        ("delta",),
        "relu within delta by two rectified squares, of almost least variation 1/(8 delta)",
        asks="options",
    ),
    Entry(
        "narrow-learning/vanishing-moments",
        f"{_LEARNING}:vanishing_moments",
        "derived",
        "chen2023",
        "moment",
        "2 lines",
        ("lines",),
        "a sum of absolute values in the plane, not zero, whose moments below the number of lines vanish",
        asks="options",
    ),
    Entry(
        "narrow-learning/hard-pair",
        f"{_LEARNING}:hard_pair",
        "derived",
        "chen2023",
        "moment",
        "2 neurons",
        ("neurons",),
        "two different sums of k absolute values with the same moments below order 2k",
        asks="options",
    ),
    Entry(
        "narrow-learning/hidden-clump",
        f"{_LEARNING}:hidden_clump",
        "derived",
        "chen2023",
        "sup",
        "neurons",
        ("neurons", "gap"),
        "k neurons with fixed coefficients a gap apart, and a function no larger than a multiple of the gap",
        asks="options",
    ),
)

#: A subject as a name: the row that is meant.
_MEANT = {"layerwise": "layerwise/exact"}
_BY_NAME = {entry.name: entry for entry in CATALOGUE}


def entry(name: str) -> Entry:
    """Return the row of a name; the part behind the slash is enough where it is unambiguous.

    Guarantee: exact.

    Raises
    ------
    Unsupported
        For any other name; near ones are suggested.

    Examples
    --------
    >>> entry("minimal-width/leaky").width
    'max(2, dx, dy)'
    >>> entry("leaky").name
    'minimal-width/leaky'
    """
    found = _BY_NAME.get(_MEANT.get(name, name))
    if found is not None:
        return found
    same = [row for row in CATALOGUE if row.name.partition("/")[2] == name]
    if len(same) == 1:
        return same[0]
    near = [row.name for row in same] or _near(str(name)[:80])
    guess = f"did you mean {' or '.join(near)}? " if near else ""
    raise Unsupported(
        f"there is no construction {str(name)[:80]!r}",
        fix=f"{guess}verinet construct --list shows all",
    )


def _near(name: str) -> list[str]:
    """Names that resemble a name, as a whole or behind the slash."""
    words = {row.name.partition("/")[2]: row.name for row in CATALOGUE}
    whole = get_close_matches(name, _BY_NAME, n=2, cutoff=0.7)
    behind = get_close_matches(name.partition("/")[2] or name, words, n=2, cutoff=0.7)
    return list(dict.fromkeys([*whole, *(words[word] for word in behind)]))[:2]
