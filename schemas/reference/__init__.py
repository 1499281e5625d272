"""Reference data that moves money: duty and tax regimes, rates and currencies, each dated.

The files are in `data/`; `load_reference` checks them and takes others from a folder.
"""
