"""Other bodies' Open311 servers: what became there of the cases that were handed on to them."""
