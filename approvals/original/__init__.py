"""The Workflow feature's own API: its paths, media types, words and errors, beside `/api/v1`.

`docs/workflow-api.md` says what is here; the shapes are those of the public examples of its API, versions 3.4 to 6.1.
"""
