"""The Open311 door: GeoReport v2 in XML and JSON, with the extensions that clients use."""
