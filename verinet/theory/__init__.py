"""Constructions of papers: each returns a network, the claim that it satisfies with its exact bound, and a plan.

Nothing here proves; `verinet.construct` does, with the plan as a hint.
"""
