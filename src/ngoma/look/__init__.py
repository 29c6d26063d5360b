"""What the doors share of their pages: stylesheet, icons, the frame, names, dates and numbers."""
