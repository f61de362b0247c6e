"""Numbers without rounding; knows nothing of networks.

`rationals` and `linalg` are the exact numbers and matrices, `programs` the exact linear programs,
`enclosures` the rigorous real enclosures, `filters` the float sign filter, `parameters` symbols with
assumptions, `solver` polynomial constraints.
"""
