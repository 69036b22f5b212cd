"""One module an estimator: a function from a model and a panel to a ModelResult."""
