"""The residents' door, through its addresses."""
