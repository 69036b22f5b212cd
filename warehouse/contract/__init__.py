"""What all agree on: the schema of a cell, declarations, labels, errors, the home, the interface
of a source.
"""
