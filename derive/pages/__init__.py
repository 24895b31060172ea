"""What a reader opens: the book, the notebooks, and the site around them."""
