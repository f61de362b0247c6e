"""Search for proofs and counterexamples: it may fail, and is never believed before the kernel has accepted.

`portfolio` has `prove`, which calls the others; `second_look` is the numeric look at an error beside its proof.
"""
