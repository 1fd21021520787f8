"""One command, ratios within one run: our ways in beside a bare handler and, where installed, Alertmanager."""
