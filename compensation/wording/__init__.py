"""What each family says of itself: its rule in plain words, the story of one order, the arithmetic of one award.

One file a family that has more to tell than its `components` file holds; `arithmetic` is what fits every family.
Every text is English and Arabic.
"""
