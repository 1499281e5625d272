"""The part of Greenlane that is compiled ahead of time; all else is in pyproject.toml."""

from Cython.Build import cythonize
from setuptools import Extension, setup

# Optional: without a C compiler manifests are decoded one by one, which takes ten times as long.
RECORDS = Extension("scorers.scanning.records", ["scorers/scanning/records.pyx"], optional=True)

setup(ext_modules=cythonize([RECORDS], build_dir="build/cython"))
