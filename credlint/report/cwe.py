"""Names of the weaknesses that rules refer to (MITRE, Common Weakness Enumeration 4.x)."""

from __future__ import annotations

# A fixed identity for this table, so that references stay equal from run to run.
TAXONOMY_GUID = "5e1b7a0c-4c2e-5d0b-9d6b-8b3f6f0a9c11"
INFORMATION_URI = "https://cwe.mitre.org/"

NAMES = {
    15: "External Control of System or Configuration Setting",
    16: "Configuration",
    20: "Improper Input Validation",
    73: "External Control of File Name or Path",
    200: "Exposure of Sensitive Information to an Unauthorized Actor",
    209: "Generation of Error Message Containing Sensitive Information",
    214: "Invocation of Process Using Visible Sensitive Information",
    250: "Execution with Unnecessary Privileges",
    256: "Plaintext Storage of a Password",
    257: "Storing Passwords in a Recoverable Format",
    259: "Use of Hard-coded Password",
    260: "Password in Configuration File",
    266: "Incorrect Privilege Assignment",
    269: "Improper Privilege Management",
    275: "Permission Issues",
    276: "Incorrect Default Permissions",
    284: "Improper Access Control",
    287: "Improper Authentication",
    295: "Improper Certificate Validation",
    308: "Use of Single-factor Authentication",
    312: "Cleartext Storage of Sensitive Information",
    319: "Cleartext Transmission of Sensitive Information",
    321: "Use of Hard-coded Cryptographic Key",
    324: "Use of a Key Past its Expiration Date",
    327: "Use of a Broken or Risky Cryptographic Algorithm",
    367: "Time-of-check Time-of-use (TOCTOU) Race Condition",
    393: "Return of Wrong Status Code",
    426: "Untrusted Search Path",
    427: "Uncontrolled Search Path Element",
    436: "Interpretation Conflict",
    440: "Expected Behavior Violation",
    441: "Unintended Proxy or Intermediary ('Confused Deputy')",
    497: "Exposure of Sensitive System Information to an Unauthorized Control Sphere",
    522: "Insufficiently Protected Credentials",
    526: "Cleartext Storage of Sensitive Information in an Environment Variable",
    530: "Exposure of Backup File to an Unauthorized Control Sphere",
    532: "Insertion of Sensitive Information into Log File",
    538: "Insertion of Sensitive Information into Externally-Accessible File or Directory",
    540: "Inclusion of Sensitive Information in Source Code",
    552: "Files or Directories Accessible to External Parties",
    598: "Use of GET Request Method With Sensitive Query Strings",
    610: "Externally Controlled Reference to a Resource in Another Sphere",
    613: "Insufficient Session Expiration",
    665: "Improper Initialization",
    668: "Exposure of Resource to Wrong Sphere",
    670: "Always-Incorrect Control Flow Implementation",
    674: "Uncontrolled Recursion",
    693: "Protection Mechanism Failure",
    694: "Use of Multiple Resources with Duplicate Identifier",
    703: "Improper Check or Handling of Exceptional Conditions",
    732: "Incorrect Permission Assignment for Critical Resource",
    754: "Improper Check for Unusual or Exceptional Conditions",
    755: "Improper Handling of Exceptional Conditions",
    778: "Insufficient Logging",
    798: "Use of Hard-coded Credentials",
    799: "Improper Control of Interaction Frequency",
    838: "Inappropriate Encoding for Output Context",
    862: "Missing Authorization",
    863: "Incorrect Authorization",
    918: "Server-Side Request Forgery (SSRF)",
    1050: "Excessive Platform Resource Consumption within a Loop",
    1051: "Initialization with Hard-Coded Network Resource Configuration Data",
    1104: "Use of Unmaintained Third Party Components",
    1188: "Initialization of a Resource with an Insecure Default",
    1240: "Use of a Cryptographic Primitive with a Risky Implementation",
    1391: "Use of Weak Credentials",
    1392: "Use of Default Credentials",
}


def weakness_name(number: int) -> str:
    """Return the name of a weakness, ``CWE-NNN`` when it is not in the table."""
    return NAMES.get(number, f"CWE-{number}")


def weakness_page(number: int) -> str:
    """Return the address of its definition."""
    return f"https://cwe.mitre.org/data/definitions/{number}.html"
