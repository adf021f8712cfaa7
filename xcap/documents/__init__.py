"""What a stored document must be: well-formed, valid, within the constraints of its application usage."""
