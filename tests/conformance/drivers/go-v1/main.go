// Runs the AWS SDK for Go v1 on set-ups; see credlint.test/serve.
package main

import (
	"os"
	"path/filepath"
	"reflect"
	"unsafe"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/aws/credentials"
	"github.com/aws/aws-sdk-go/aws/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go/aws/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go/aws/credentials/processcreds"
	"github.com/aws/aws-sdk-go/aws/credentials/ssocreds"
	"github.com/aws/aws-sdk-go/aws/credentials/stscreds"
	"github.com/aws/aws-sdk-go/aws/endpoints"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/sts"

	"credlint.test/serve"
)

func main() {
	serve.Main("github.com/aws/aws-sdk-go", judge)
}

func judge(setUp serve.SetUp) serve.Verdict {
	options := session.Options{}
	// Pauses between attempts change no verdict here, only the time that it takes.
	options.Config.MaxRetries = aws.Int(0)
	options.Config.EndpointResolver = local(setUp.Env)
	if setUp.Profile != nil {
		options.Profile = *setUp.Profile
	}
	made, err := session.NewSessionWithOptions(options)
	if err != nil {
		return serve.Verdict{Stage: "construct", Error: nameOf(err), Message: err.Error()}
	}
	verdict := serve.Verdict{Region: aws.StringValue(made.Config.Region)}
	provider := providerOf(made.Config.Credentials)
	verdict.Method, verdict.Role = describe(provider, options.Profile)
	verdict.Base = base(provider)
	value, err := made.Config.Credentials.Get()
	if err != nil {
		verdict.Stage, verdict.Error, verdict.Message = "first-use", nameOf(err), err.Error()
		return verdict
	}
	verdict.Stage, verdict.Key, verdict.Token = "credentials", value.AccessKeyID, value.SessionToken != ""
	return verdict
}

// local resolves as the SDK does, but sends all calls to the stand-ins: this version knows no
// variables for that.
func local(environment map[string]string) endpoints.Resolver {
	addresses := map[string]string{
		"sts":        environment["AWS_ENDPOINT_URL_STS"],
		"portal.sso": environment["AWS_ENDPOINT_URL_SSO"],
		"oidc":       environment["AWS_ENDPOINT_URL_SSO_OIDC"],
	}
	return endpoints.ResolverFunc(func(
		service, region string, options ...func(*endpoints.Options),
	) (endpoints.ResolvedEndpoint, error) {
		resolved, err := endpoints.DefaultResolver().EndpointFor(service, region, options...)
		if err == nil && service != endpoints.Ec2metadataServiceID {
			resolved.URL = addresses[service]
		}
		return resolved, err
	})
}

// nameOf returns the outermost error code, "error" when the error has none.
func nameOf(err error) string {
	if coded, ok := err.(awserr.Error); ok {
		return coded.Code()
	}
	return "error"
}

// hidden returns a field that its package keeps to itself.
func hidden(value any, name string) any {
	field := reflect.ValueOf(value).Elem().FieldByName(name)
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Interface()
}

func providerOf(of *credentials.Credentials) credentials.Provider {
	return hidden(of, "provider").(credentials.Provider)
}

// describe returns the source that the provider stands for and the role that it takes.
func describe(provider credentials.Provider, profile string) (string, string) {
	switch known := provider.(type) {
	case *credentials.StaticProvider:
		return static(known.ProviderName), ""
	case *stscreds.AssumeRoleProvider:
		return "role_profile", known.RoleARN
	case *stscreds.WebIdentityRoleProvider:
		role := hidden(known, "roleARN").(string)
		file := string(hidden(known, "tokenFetcher").(stscreds.FetchTokenPath))
		if profile == "" && file == os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE") && role == os.Getenv("AWS_ROLE_ARN") {
			return "web_identity_env", role
		}
		return "web_identity_profile", role
	case *ssocreds.Provider:
		return "sso_profile", known.RoleName
	case *processcreds.ProcessProvider:
		return "process_profile", ""
	case *credentials.ChainProvider:
		return describe(known.Providers[len(known.Providers)-1], profile)
	case *endpointcreds.Provider, credentials.ErrorProvider:
		return "container", ""
	case *ec2rolecreds.EC2RoleProvider:
		return "imds", ""
	default:
		return "unknown " + reflect.TypeOf(provider).String(), ""
	}
}

// base returns the source whose credentials a role is assumed with.
func base(provider credentials.Provider) string {
	role, ok := provider.(*stscreds.AssumeRoleProvider)
	if !ok {
		return ""
	}
	client := role.Client.(*sts.STS)
	method, _ := describe(providerOf(client.Config.Credentials), "x")
	return method
}

func static(source string) string {
	const mark = "SharedConfigCredentials: "
	if len(source) < len(mark) || source[:len(mark)] != mark {
		return "env"
	}
	file := os.Getenv("AWS_SHARED_CREDENTIALS_FILE")
	if file == "" {
		file = filepath.Join(os.Getenv("HOME"), ".aws", "credentials")
	}
	if source[len(mark):] == file {
		return "static_credentials_file"
	}
	return "static_config_file"
}
