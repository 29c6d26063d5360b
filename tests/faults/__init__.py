"""What goes wrong around Ngoma: nothing accepted is lost, nothing is sent twice, and it goes on."""
