"""Barron spaces: measures on parameters, embeddings by push-forwards, norms, and what does not embed.

After Heeringa, Spek, Schwenninger and Brune [heeringa2024]; constants and closed forms are derived.
"""
