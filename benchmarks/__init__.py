"""What is promised about speed and size, measured: each prints ratios of things that ran side by side."""
