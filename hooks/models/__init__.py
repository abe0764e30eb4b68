"""The tables of hooks."""

from hooks.models.followed import FileCredential, FileHook, FollowedFile

__all__ = ["FileCredential", "FileHook", "FollowedFile"]
