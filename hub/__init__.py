"""A data-sharing hub for the Serious Violence Duty (Police, Crime, Sentencing and Courts Act 2022, Part 2 Chapter 1)."""

__version__ = "0.1.0"
