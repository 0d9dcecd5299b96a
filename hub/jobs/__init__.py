"""Durable background work. Knows no room: a job is a kind, the id of its subject, and named stages.

A job survives a kill: started again, it goes on at the stage that had not finished, so every stage must be safe to run twice.
What is kept of a job are ids and stage names, never rows, Grants or Permits (promises P1, P7): each stage asks the policy again.
"""

from hub.jobs.service import JobProgress, Jobs, JobState

__all__ = ["JobProgress", "JobState", "Jobs"]
