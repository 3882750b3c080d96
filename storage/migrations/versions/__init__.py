"""One module for each revision. What is released is never edited again."""
