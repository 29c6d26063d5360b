"""The life of a case: its states, verbs and deadlines. A case changes here and nowhere else."""
