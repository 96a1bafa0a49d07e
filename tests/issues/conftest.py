"""The queue's words are found through the index, which a test keeps up itself."""

from tests.search.conftest import follow

__all__ = ["follow"]
