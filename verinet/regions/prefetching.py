"""One instruction that numba does not offer: ask for an entry of an array before it is needed.

In five and six dimensions the faces of a chunk fill more than the cache, and the next face of a bucket is known
ahead: asking early makes the splitting a third faster there.  It changes no result.
"""

# numba compiles this module: its functions are typed by their arguments
# mypy: allow-untyped-defs, allow-untyped-decorators, allow-untyped-calls, allow-any-generics

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

__all__ = ["prefetch"]


@intrinsic
def prefetch(typing_context, array, index):
    """Ask the memory for ``array[index]``; the index must not be negative."""
    signature = types.void(array, index)

    def generate(context, builder, signature, arguments):
        kind = signature.args[0]
        place = context.cast(builder, arguments[1], signature.args[1], types.intp)
        entries = make_array(kind)(context, builder, arguments[0])
        pointer = cgutils.get_item_pointer(context, builder, kind, entries, [place], wraparound=False)
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        shape = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = cgutils.get_or_insert_function(builder.module, shape, "llvm.prefetch.p0i8")
        # to read, to be kept in all levels, data
        builder.call(function, [builder.bitcast(pointer, byte), number(0), number(3), number(1)])
        return context.get_dummy_value()

    return signature, generate
