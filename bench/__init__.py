"""Measuring Ngoma: made-up cities of any size, and what each page costs on them."""
