// Resolves credentials and region with the real AWS SDK for .NET v3 and prints one line of JSON.
//
// The set-up is the process: its environment, its working directory and its arguments, "chain" or
// "profile NAME" (of the client's configuration); without any it tells the SDK's version. The SDK
// keeps what it found in static fields, so every set-up has a process of its own.
using System;
using System.Collections.Generic;
using System.Reflection;
using System.Text;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.SecurityToken;

static class Driver
{
    static readonly string[] Generators = { "web_identity_env", "profile", "env", "container_or_imds" };
    static readonly Dictionary<string, string> Verdict = new Dictionary<string, string>();
    static int reached = -1;

    static int Main(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            var file = typeof(AWSCredentials).Assembly.Location;
            Put("ready", System.Diagnostics.FileVersionInfo.GetVersionInfo(file).FileVersion);
            return Print();
        }
        string profile = arguments.Length > 1 ? arguments[1] : null;
        AWSCredentials credentials = null;
        try
        {
            credentials = profile == null ? Resolve() : ResolveProfile(profile);
            Put("stage", "ok");
            Put("method", Method(credentials, profile != null));
            Put("role", Property(credentials, "RoleArn"));
        }
        catch (Exception error)
        {
            var none = profile == null && error is AmazonServiceException
                && error.Message.StartsWith("Unable to find credentials", StringComparison.Ordinal);
            Put("stage", none ? "none" : "resolve");
            Fail(error);
        }
        if (credentials != null)
        {
            if (IsOfEcs(credentials))
            {
                Put("stage", "unused");
            }
            else
            {
                Use(credentials);
            }
        }
        Region();
        return Print();
    }

    static AWSCredentials Resolve()
    {
        var wrapped = new List<FallbackCredentialsFactory.CredentialsGenerator>();
        var generators = FallbackCredentialsFactory.CredentialsGenerators;
        if (generators.Count != Generators.Length)
        {
            throw new NotSupportedException("the chain has " + generators.Count + " sources");
        }
        for (var number = 0; number < generators.Count; number++)
        {
            var own = number;
            wrapped.Add(() =>
            {
                reached = own;
                return generators[own]();
            });
        }
        FallbackCredentialsFactory.CredentialsGenerators = wrapped;
        return FallbackCredentialsFactory.GetCredentials();
    }

    static AWSCredentials ResolveProfile(string name)
    {
        reached = 1;
        return FallbackCredentialsFactory.GetCredentials(Configuration(name));
    }

    static AmazonSecurityTokenServiceConfig Configuration(string name)
    {
        return new AmazonSecurityTokenServiceConfig { Profile = new Profile(name) };
    }

    static string Method(AWSCredentials credentials, bool explicitly)
    {
        if (Generators[reached] == "profile" || explicitly)
        {
            return "profile:" + credentials.GetType().Name;
        }
        if (Generators[reached] == "container_or_imds")
        {
            return credentials is GenericContainerCredentials ? "container" : "imds";
        }
        return Generators[reached];
    }

    static void Use(AWSCredentials credentials)
    {
        try
        {
            // Whoever uses credentials makes a client first; not one for the stand-ins' address,
            // with which the defaults mode "auto" fails on EC2.
            var settings = new AmazonSecurityTokenServiceConfig
            {
                IgnoreConfiguredEndpointUrls = true,
                RegionEndpoint = RegionEndpoint.USEast1,
            };
            new AmazonSecurityTokenServiceClient(credentials, settings).Dispose();
            var found = credentials.GetCredentials();
            Put("key", found.AccessKey);
            Put("has_token", found.UseToken ? "true" : "");
        }
        catch (Exception error)
        {
            Put("stage", "first-use");
            Fail(error);
        }
    }

    static void Region()
    {
        var region = FallbackRegionFactory.GetRegionEndpoint();
        Put("region", region == null ? null : region.SystemName);
    }

    // The address of ECS itself is not to be called from a test.
    static bool IsOfEcs(AWSCredentials credentials)
    {
        var relative = Environment.GetEnvironmentVariable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        if (string.IsNullOrEmpty(relative))
        {
            return false;
        }
        object source = credentials;
        while (source is AssumeRoleAWSCredentials)
        {
            source = Value(source, "SourceCredentials");
        }
        return source is GenericContainerCredentials;
    }

    static string Property(object owner, string name)
    {
        return Value(owner, name) as string;
    }

    static object Value(object owner, string name)
    {
        var flags = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var property = owner.GetType().GetProperty(name, flags);
        return property == null ? null : property.GetValue(owner, null);
    }

    static void Fail(Exception error)
    {
        while (error is TargetInvocationException && error.InnerException != null)
        {
            error = error.InnerException;
        }
        Put("error", error.GetType().Name);
        var text = new StringBuilder();
        for (var one = error; one != null; one = one.InnerException)
        {
            text.Append(one.GetType().Name).Append(": ").Append(one.Message).Append(" | ");
        }
        Put("message", text.ToString());
    }

    static void Put(string name, string value)
    {
        Verdict[name] = value;
    }

    static int Print()
    {
        var parts = new List<string>();
        foreach (var pair in Verdict)
        {
            parts.Add(Quote(pair.Key) + ": " + (pair.Value == null ? "null" : Quote(pair.Value)));
        }
        Console.Out.WriteLine("{" + string.Join(", ", parts.ToArray()) + "}");
        return 0;
    }

    static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            if (character == '"' || character == '\\' || character < ' ' || character > '~')
            {
                quoted.AppendFormat("\\u{0:x4}", (int)character);
            }
            else
            {
                quoted.Append(character);
            }
        }
        return quoted.Append('"').ToString();
    }
}
