"""What is wrong with the stored lists although each document was valid when it was written."""
