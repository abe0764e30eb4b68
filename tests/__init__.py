"""The tests; a package, so that `tests.support` and `tests.bench` can be imported."""
