"""The compiled loops: exact integer arithmetic over arrays, one file per walk.

Each has a slow, obvious twin in tests/compensation that property tests hold it to, to the minor unit.
"""
