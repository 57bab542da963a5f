// Package describe tells which source a credentials provider of the AWS SDK for Go v2 stands for.
package describe

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Provider returns the source that the provider stands for and the role that it takes.
// credentialsFiles are the paths of those files that are no config files.
func Provider(provider aws.CredentialsProvider, credentialsFiles []string) (string, string) {
	value := bare(reflect.ValueOf(provider))
	switch kind := value.Type().String(); kind {
	case "credentials.StaticCredentialsProvider":
		return static(value.FieldByName("Value").FieldByName("Source").String(), credentialsFiles), ""
	case "stscreds.AssumeRoleProvider":
		return "role_profile", option(value, "RoleARN").String()
	case "stscreds.WebIdentityRoleProvider":
		return webIdentity(provider, value), option(value, "RoleARN").String()
	case "ssocreds.Provider":
		return "sso_profile", option(value, "RoleName").String()
	case "logincreds.Provider":
		return "login_profile", ""
	case "processcreds.Provider":
		return "process_profile", ""
	case "endpointcreds.Provider":
		return "container", ""
	case "ec2rolecreds.Provider":
		return "imds", ""
	default:
		return "unknown " + kind, ""
	}
}

// Error returns the innermost exported error type of AWS or HashiCorp, "error" when there is
// none. OperationError only says which request it was.
func Error(err error) string {
	name := "error"
	for ; err != nil; err = errors.Unwrap(err) {
		kind := reflect.TypeOf(err)
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		exported := kind.Name() != "" && strings.ToUpper(kind.Name()[:1]) == kind.Name()[:1]
		ours := strings.HasPrefix(kind.PkgPath(), "github.com/aws/") ||
			strings.HasPrefix(kind.PkgPath(), "github.com/hashicorp/aws-sdk-go-base/")
		if exported && ours && kind.Name() != "OperationError" {
			name = kind.Name()
		}
	}
	return name
}

// bare takes the caches off.
func bare(value reflect.Value) reflect.Value {
	for {
		switch {
		case value.Kind() == reflect.Pointer || value.Kind() == reflect.Interface:
			value = value.Elem()
		case value.Kind() == reflect.Struct && value.Type().Name() == "CredentialsCache":
			value = value.FieldByName("provider")
		default:
			return value
		}
	}
}

func option(provider reflect.Value, name string) reflect.Value {
	return provider.FieldByName("options").FieldByName(name)
}

func static(source string, credentialsFiles []string) string {
	path, found := strings.CutPrefix(source, "SharedConfigCredentials: ")
	switch {
	case found && slices.Contains(credentialsFiles, path):
		return "static_credentials_file"
	case found:
		return "static_config_file"
	case source == "":
		return "provider_block"
	default:
		return "env"
	}
}

func webIdentity(provider aws.CredentialsProvider, value reflect.Value) string {
	retriever := option(value, "TokenRetriever")
	if strings.HasSuffix(retriever.Elem().Type().String(), "AssumeRoleWithWebIdentity") {
		return "provider_web_identity"
	}
	sources, ok := provider.(aws.CredentialProviderSource)
	if ok {
		for _, source := range sources.ProviderSources() {
			if source == aws.CredentialSourceEnvVarsSTSWebIDToken {
				return "web_identity_env"
			}
			if source == aws.CredentialSourceProfileSTSWebIDToken {
				return "web_identity_profile"
			}
		}
	}
	return fmt.Sprintf("unknown %T", provider)
}
