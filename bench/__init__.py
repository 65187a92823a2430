"""Speed and scale, measured; never asserted in tests."""
