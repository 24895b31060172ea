"""The stories that the repository tells, one argument a room, and their catalogue."""

from derive.stories.catalogue import STORIES, Story

__all__ = ["STORIES", "Story"]
