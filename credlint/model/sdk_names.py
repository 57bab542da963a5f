"""The SDKs by their usual names."""

from __future__ import annotations

SDK_NAMES = {
    "boto3": "boto3",
    "aws-cli-v1": "AWS CLI v1",
    "aws-cli-v2": "AWS CLI v2",
    "java-v1": "Java SDK v1",
    "java-v2": "Java SDK v2",
    "go-v1": "Go SDK v1",
    "go-v2": "Go SDK v2",
    "terraform": "Terraform",
    "js-v2": "JavaScript SDK v2",
    "js-v3": "JavaScript SDK v3",
    "dotnet-v3": ".NET SDK v3",
    "dotnet-v4": ".NET SDK v4",
    "php-v3": "PHP SDK v3",
    "ruby-v3": "Ruby SDK v3",
    "rust": "Rust SDK",
    "cpp": "C++ SDK",
    "kotlin": "Kotlin SDK",
    "swift": "Swift SDK",
    "powershell": "PowerShell tools",
    "crt": "AWS CRT",
}


def sdk_name(sdk: str) -> str:
    """Return the usual name of an SDK id; an unknown id names itself."""
    return SDK_NAMES.get(sdk, sdk)
