"""A presence server of OpenSIPS is told of documents that it follows."""
