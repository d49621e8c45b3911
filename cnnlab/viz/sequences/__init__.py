"""Draw sequences of DNA: letters with what changes them, filters as logos, a scan."""
