"""Named, reproducible measurements: `python -m benchmarks [--only PART]`, or `make bench ONLY=PART`.

Floors and peers run in the same call as what they are compared with, in turn, several times; medians are reported. Each single
measurement is a process of its own, so that its peak memory is its own and nothing is warm from another. What is reported is a
ratio; the figures beside it are of this machine and this moment.
"""
