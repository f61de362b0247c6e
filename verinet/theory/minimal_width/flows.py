"""Normalising flows of LU blocks: ``x -> act(L U x + b)``, exactly invertible, with exact or certified densities.

A block's matrix is a product of a unit lower triangular L and an upper triangular U without a 0 on its diagonal, so
it is inverted by two substitutions and its determinant is a product.  With leaky ReLUs everything but a logarithm is
rational; with leaky softplus everything is enclosed by balls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import prod

from verinet.errors import ShapeMismatch, SingularMatrix, Unsupported
from verinet.exact.linalg import Matrix
from verinet.exact.rationals import Q, format_rational
from verinet.networks.activations import Activation, activation
from verinet.networks.network import Activate, Affine, Input, Interval, Network, Vertex

#: The learnable slope of the authors' code is LEAST + SPREAD / (1 + e^-raw), a number between 1/10 and 1/2.
LEAST, SPREAD = Fraction(1, 10), Fraction(2, 5)


@dataclass(frozen=True, slots=True)
class Lifted:
    """The slope ``1/10 + 2/5 / (1 + e^-raw)`` of a raw parameter, as the authors' code learns it.

    Guarantee: exact (the number it stands for is irrational and is enclosed where it is used).
    """

    raw: Fraction


#: The slope of one feature's activation below 0.
Slope = Fraction | Lifted


@dataclass(frozen=True, slots=True)
class LUBlock:
    """One block: ``x -> act(L U x + b)``.

    Parameters
    ----------
    lower, upper : Matrix
        Unit lower triangular; upper triangular without a 0 on its diagonal.
    bias : Matrix
        One column.
    slopes : tuple of Fraction or Lifted
        One a feature, positive; none for a block without activation.
    smooth : bool
        Whether the activation is the leaky softplus ``a z + (1 - a) log(1 + e^z)``, not the leaky ReLU.

    Raises
    ------
    ShapeMismatch
        If sizes do not fit, or a matrix is not triangular as it should be.
    SingularMatrix
        If U has a 0 on its diagonal.
    Unsupported
        If a slope is not positive, or not rational for a leaky ReLU.

    Guarantee: exact.
    """

    lower: Matrix
    upper: Matrix
    bias: Matrix
    slopes: tuple[Slope, ...] = ()
    smooth: bool = False

    def __post_init__(self) -> None:
        size = self.bias.rows
        shapes = (self.lower.shape, self.upper.shape, self.bias.shape)
        if size == 0 or shapes != ((size, size), (size, size), (size, 1)) or len(self.slopes) not in (0, size):
            raise ShapeMismatch(
                f"a block needs two square matrices, a bias and as many slopes, got {shapes} and {len(self.slopes)}",
                fix="give L and U of shape (d, d), a bias of shape (d, 1) and d slopes, or none",
            )
        for i in range(size):
            low, up = self.lower.row(i), self.upper.row(i)
            if low[i] != 1 or any(low[i + 1 :]) or any(up[:i]):
                raise ShapeMismatch(
                    "L is unit lower triangular and U upper triangular",
                    fix="take the factors of matrix.lu()",
                    where=f"row {i}",
                )
            if up[i] == 0:
                raise SingularMatrix(
                    "a block is invertible only without a 0 on U's diagonal", fix="check U", where=f"row {i}"
                )
        for slope in self.slopes:
            if isinstance(slope, Lifted) and not self.smooth:
                raise Unsupported("a leaky ReLU needs a rational slope", fix="give a Fraction")
            if isinstance(slope, Fraction) and slope <= 0:
                raise Unsupported(
                    f"an increasing activation needs a positive slope, got {format_rational(slope)}",
                    fix="give a slope above 0",
                )

    @property
    def size(self) -> int:
        """Number of features."""
        return self.bias.rows

    @property
    def matrix(self) -> Matrix:
        """The product L U."""
        return self.lower @ self.upper

    @property
    def determinant(self) -> Fraction:
        """The determinant of L U: the product of U's diagonal."""
        return prod((self.upper[i, i] for i in range(self.size)), start=Fraction(1))

    def rational_slopes(self) -> tuple[Fraction, ...]:
        """The slopes of a block of leaky ReLUs, 1 for each feature without activation.

        Raises
        ------
        Unsupported
            For a block of leaky softplus.
        """
        if self.smooth and self.slopes:
            raise Unsupported(
                "a flow of leaky softplus has no rational values", fix="use enclose, inverse_enclosure and log_density"
            )
        return tuple(s for s in self.slopes if isinstance(s, Fraction)) or (Fraction(1),) * self.size


@dataclass(frozen=True, slots=True)
class Trace:
    """One exact run of a flow: its value, and the preactivations of every block, the last one's included.

    Guarantee: exact.
    """

    output: tuple[Fraction, ...]
    preactivations: tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class LUNet:
    r"""A flow of LU blocks, all but the last of them with an activation [the paper's, `rochau2024`].

    .. math:: \Phi = \Phi_k \circ \dots \circ \Phi_1,\qquad \Phi_i(x) = s_i(L_i U_i x + b_i),\qquad
       \log|\det D\Phi(x)| = \sum_i \sum_j \left(\log s_{ij}'(z_{ij}) + \log|U_{i,jj}|\right).

    It maps data x to latent points z; the density of the data is that of the base at z times :math:`|\det D\Phi|`.

    Parameters
    ----------
    blocks : tuple of LUBlock
        The last one without activation.

    Raises
    ------
    ShapeMismatch
        If there are no blocks, or their sizes differ.
    Unsupported
        If the last block has an activation, or another one has none.

    Notes
    -----
    The authors' code has log(pi) in the negative log-likelihood of a standard normal base where log(2 pi) is due: its
    values are too small by d log(2) / 2 a sample.  Here it is log(2 pi).

    Examples
    --------
    >>> shear = LUBlock(Matrix.identity(2), Matrix.from_rows([[2, 1], [0, 1]]), Matrix.zeros(2, 1), (Q("1/4"),) * 2)
    >>> flow = LUNet((shear, LUBlock(Matrix.identity(2), Matrix.identity(2), Matrix.zeros(2, 1))))
    >>> flow(-1, 1)
    (Fraction(-1, 4), Fraction(1, 1))
    >>> flow.inverse("-1/4", 1), flow.det_at(-1, 1)
    ((Fraction(-1, 1), Fraction(1, 1)), Fraction(1, 2))

    Guarantee: exact for leaky ReLUs, certified for leaky softplus.
    """

    blocks: tuple[LUBlock, ...]

    def __post_init__(self) -> None:
        if len({block.size for block in self.blocks}) != 1:
            raise ShapeMismatch(
                f"a flow has blocks of one size, got {[block.size for block in self.blocks]}", fix="check the sizes"
            )
        if self.blocks[-1].slopes or not all(block.slopes for block in self.blocks[:-1]):
            raise Unsupported(
                "every block of a flow has an activation but the last one", fix="end with a block without slopes"
            )

    @property
    def dimension(self) -> int:
        """Number of features, and the width of every hidden layer."""
        return self.blocks[0].size

    @property
    def is_exact(self) -> bool:
        """Whether all activations are leaky ReLUs."""
        return not any(block.smooth for block in self.blocks[:-1])

    @cached_property
    def _maps(self) -> tuple[tuple[Matrix, Matrix, tuple[Fraction, ...]], ...]:
        return tuple((block.matrix, block.bias, block.rational_slopes()) for block in self.blocks)

    def trace(self, *x: object) -> Trace:
        """Return the exact run at x.

        Raises
        ------
        ShapeMismatch
            If x has another dimension; Unsupported for leaky softplus.

        Guarantee: exact.
        """
        values, seen = self._column(x), []
        for matrix, bias, slopes in self._maps:
            before = (matrix @ values + bias).T.to_rows()[0]
            seen.append(before)
            values = Matrix.column([z if z >= 0 else s * z for z, s in zip(before, slopes, strict=True)])
        return Trace(seen[-1], tuple(seen))

    def __call__(self, *x: object) -> tuple[Fraction, ...]:
        """Return the exact value at x.  Guarantee: exact."""
        return self.trace(*x).output

    def inverse(self, *y: object) -> tuple[Fraction, ...]:
        """Return the one x with this value: blocks backwards, z to z or z/a, then two substitutions.

        Guarantee: exact.
        """
        values = self._column(y)
        last = len(self.blocks) - 1
        for place in range(last, -1, -1):
            block, slopes = self.blocks[place], self._maps[place][2]
            if place < last:
                rows = values.T.to_rows()[0]
                values = Matrix.column([v if v >= 0 else v / s for v, s in zip(rows, slopes, strict=True)])
            values = block.upper.solve(block.lower.solve(values - block.bias))
        return values.T.to_rows()[0]

    def det_at(self, *x: object) -> Fraction:
        r"""Return :math:`\det D\Phi(x)`; where a preactivation is 0, of the piece on its side >= 0.

        Guarantee: exact.
        """
        trace, total = self.trace(*x), Fraction(1)
        for block, (_, _, slopes), seen in zip(self.blocks, self._maps, trace.preactivations, strict=True):
            total *= block.determinant
            if block.slopes:
                total *= prod(s for s, z in zip(slopes, seen, strict=True) if z < 0)
        return total

    def network(self, domain: Sequence[Interval] | None = None) -> Network:
        """Return the flow of leaky ReLUs as a network; every hidden layer has width d.  Guarantee: exact."""
        steps = [(block.matrix, block.bias, block.rational_slopes()) for block in self.blocks]
        return _chain(steps, domain)

    def inverse_network(self) -> Network:
        """Return the inverse of a flow of leaky ReLUs as a network: slopes 1/a, the layers in reverse order.

        Guarantee: exact.
        """
        steps: list[tuple[Matrix, Matrix, tuple[Fraction, ...]]] = []
        unit = Matrix.identity(self.dimension)
        for place in range(len(self.blocks) - 1, -1, -1):
            block = self.blocks[place]
            matrix = block.upper.solve(block.lower.solve(unit))
            # the activation undone next is that of the block before
            slopes = self._maps[place - 1][2] if place else ()
            steps.append((matrix, -(matrix @ block.bias), tuple(1 / s for s in slopes)))
        return _chain(steps, None)

    def _column(self, x: Sequence[object]) -> Matrix:
        if len(x) != self.dimension:
            raise ShapeMismatch(
                f"a flow of dimension {self.dimension} got {len(x)} coordinates", fix="write flow(x_1, ..., x_d)"
            )
        return Matrix.column([Q(value) for value in x])


def _chain(steps: Sequence[tuple[Matrix, Matrix, tuple[Fraction, ...]]], domain: Sequence[Interval] | None) -> Network:
    """Affine maps with leaky ReLUs of these slopes between them."""
    vertices = [Vertex(Input(steps[0][0].columns, "x"), (), "x")]
    for place, (matrix, bias, slopes) in enumerate(steps, 1):
        last = place == len(steps)
        vertices.append(Vertex(Affine(matrix, bias), (len(vertices) - 1,), "y" if last else f"affine_{place}"))
        if not last:
            functions = Activate(tuple(activation("leaky_relu", s) for s in slopes))
            vertices.append(Vertex(functions, (len(vertices) - 1,), f"layer_{place}"))
    return Network(tuple(vertices), (("y", len(vertices) - 1),), tuple(domain) if domain is not None else None)


def lu_net(network: Network) -> LUNet:
    """Read a chain of leaky ReLU layers of one width as a flow: every matrix is factored without row exchanges.

    Raises
    ------
    SingularMatrix
        If a matrix has no such factors, or is not invertible.
    Unsupported
        If the network is no such chain.

    Examples
    --------
    >>> from verinet.networks.build import layered
    >>> net = layered([[[1, 2], [3, 4]], [[0, 1], [1, 0]]], [[0, 0], [0, 0]], activation("leaky_relu", "1/2"))
    >>> lu_net(net)
    Traceback (most recent call last):
    ...
    verinet.errors.SingularMatrix: the matrix is no product L U of triangular factors: lu met a pivot that is exactly 0
      at affine map 2, pivot 0
    Fix: put a layer that passes all channels on between the two maps that were multiplied

    Guarantee: exact.
    """
    blocks: list[LUBlock] = []
    for place, affine, functions in _layers(network):
        where = f"affine map {place}"
        if affine.weight.shape != (network.input_size,) * 2:
            raise ShapeMismatch(
                f"a flow has one width, got a matrix of shape {affine.weight.shape}", fix="check it", where=where
            )
        try:
            lower, upper = affine.weight.lu()
        except SingularMatrix as error:
            raise SingularMatrix(
                f"the matrix is no product L U of triangular factors: {error.problem}",
                fix="put a layer that passes all channels on between the two maps that were multiplied",
                where=f"{where}, {error.where}",
            ) from None
        slopes = tuple(_slope(function, where) for function in functions)
        blocks.append(LUBlock(lower, upper, affine.bias, slopes))
    return LUNet(tuple(blocks))


def _layers(network: Network) -> Iterator[tuple[int, Affine, tuple[Activation, ...]]]:
    """The affine maps of a chain, counted from 1, each with the activations after it (none after the last one)."""
    operations = [vertex.operation for vertex in network.vertices]
    in_line = all(v.sources == ((i - 1,) if i else ()) for i, v in enumerate(network.vertices))
    if not in_line or len(operations) % 2 or [index for _, index in network.readouts] != [len(operations) - 1]:
        raise Unsupported("a flow is a chain of affine maps with activations between them", fix="check the network")
    for place in range(1, len(operations), 2):
        affine = operations[place]
        after = operations[place + 1] if place + 1 < len(operations) else Activate(())
        if not isinstance(affine, Affine) or not isinstance(after, Activate):
            raise Unsupported(
                "a flow has affine maps and activations by turns",
                fix="multiply affine maps out",
                where=f"vertex {place}",
            )
        yield (place + 1) // 2, affine, after.activations


def _slope(function: Activation, where: str) -> Fraction:
    if function.name != "leaky_relu":
        raise Unsupported(
            f"a flow has leaky ReLUs, got {function}", fix="use leaky_relu(alpha) for every neuron", where=where
        )
    return function.parameters[0]
