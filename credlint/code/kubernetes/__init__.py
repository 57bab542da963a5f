"""Manifests of Kubernetes and values of Helm charts: pods, their variables and service accounts."""
