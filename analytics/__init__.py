"""How estimates are computed: pandas and numpy in, frozen results and tidy tables out."""
