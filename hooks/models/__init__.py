"""The tables of hooks."""

from hooks.models.followed import FileHook, FollowedFile

__all__ = ["FileHook", "FollowedFile"]
