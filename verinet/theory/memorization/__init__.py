"""Narrow networks that memorise data, and width d + 1; polynomials as shallow networks.

After Hernandez and Zuazua [hernandez2024] and Beknazaryan [beknazaryan2022]; the layers are derived.
"""
