"""Validators that the conformance kit is given to, each as it is commonly used."""
