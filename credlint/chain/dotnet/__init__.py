"""The AWS SDKs for .NET (v3, v4) and the AWS Tools for PowerShell, which stand on v4."""
