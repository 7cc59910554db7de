"""What every test may use. Factories are plain functions in `tests/factories.py`."""
