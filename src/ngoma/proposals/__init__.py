"""Reports as triage reads them: proposals, and the decisions people make on them."""
