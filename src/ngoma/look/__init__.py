"""What the doors share of the look: stylesheet, icons, the frame of a page, dates and numbers."""
