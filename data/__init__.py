"""The sample export, the script that makes it, and tables of fixed facts."""
