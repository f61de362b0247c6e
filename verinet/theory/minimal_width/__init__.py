"""Minimal width: coding schemes, invertible networks and lower bounds after Rochau, Chan and Gottschalk."""
