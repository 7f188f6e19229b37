"""What landdb promises, measured: each figure beside a peer of the same run. See benchmarks/README.md."""
