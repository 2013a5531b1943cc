"""The warm start: a parent that has imported everything, and whose children become sandboxes."""
