"""Regions of networks on a line: how many on average, how many at most, and how few a target needs."""
