"""Compiled loops: arrays in, arrays out. Numba lives only here."""
