"""Know sequences of DNA: letters and motifs, sets that are made or brought, and what a network sees in them."""
