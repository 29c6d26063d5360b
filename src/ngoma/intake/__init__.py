"""Any channel's submission becomes one report: checked, placed, stored, and its case opened."""
