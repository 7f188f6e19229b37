"""The HTTP door: parcels, communes, persons, certificates and findings over JSON."""
