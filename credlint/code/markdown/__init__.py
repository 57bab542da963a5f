"""Documents in Markdown: the examples in them."""
