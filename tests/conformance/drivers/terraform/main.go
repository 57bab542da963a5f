// Runs what the Terraform AWS provider resolves its credentials with (aws-sdk-go-base) on
// set-ups; see credlint.test/serve. The provider's own part, from its arguments to that
// library's configuration and from there to the check of the region, follows the provider's
// internal/provider/sdkv2/provider.go and internal/conns/config.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	awsbase "github.com/hashicorp/aws-sdk-go-base/v2"
	"github.com/hashicorp/aws-sdk-go-base/v2/diag"
	"github.com/hashicorp/aws-sdk-go-base/v2/validation"

	"credlint.test/describe"
	"credlint.test/serve"
)

const (
	retries = 25
	// What is told where nothing is configured and no instance gives a role. Where a role was to
	// be assumed with that, more stands between.
	nothing = "Error: failed to refresh cached credentials, no EC2 IMDS role found"
	listed  = "Error: failed to refresh cached credentials, unexpected empty EC2 IMDS role list"
)

var (
	accountOfARN   = regexp.MustCompile(`^(aws|aws-managed|third-party|aws-marketplace|\d{12}|cw.{10})$`)
	partitionOfARN = regexp.MustCompile(`^aws(-[a-z]+)*$`)
	regionOfARN    = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d{1,2}$`)
	hostLabel      = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
)

func main() {
	serve.Main("github.com/hashicorp/aws-sdk-go-base/v2", judge)
}

func judge(setUp serve.SetUp) serve.Verdict {
	withoutPauses()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	arguments, err := readBlock(setUp.Cwd)
	if errors.Is(err, errNotLiteral) {
		return serve.Verdict{Stage: "construct", Error: "not-literal", Message: err.Error()}
	}
	if errors.Is(err, errDoubled) {
		return serve.Verdict{Stage: "construct", Error: "validation", Message: err.Error()}
	}
	if err != nil {
		return serve.Verdict{Stage: "construct", Error: "configuration", Message: err.Error()}
	}
	if setUp.Profile != nil && *setUp.Profile != "" {
		arguments.text["profile"] = *setUp.Profile
	}
	base, err := configured(arguments)
	if err != nil {
		return serve.Verdict{Stage: "construct", Error: "validation", Message: err.Error()}
	}
	leaveRegionOut(ctx, base)
	_, loaded, diags := awsbase.GetAwsConfig(ctx, base)
	if diags.HasError() {
		return failed(diags)
	}
	verdict := serve.Verdict{Region: loaded.Region}
	if _, ok := arguments.text["region is not literal"]; ok {
		verdict.Region = "*"
	}
	verdict.Method, verdict.Role = describe.Provider(loaded.Credentials, credentialsFiles(base))
	if len(base.AssumeRole) > 0 {
		verdict.Base, verdict.Method = withoutRoles(ctx, arguments), "provider_assume_role"
	}
	if !truth(arguments.text["skip_region_validation"]) {
		if err := validation.SupportedRegion(loaded.Region); err != nil {
			verdict.Stage, verdict.Error, verdict.Message = "construct", describe.Error(err), err.Error()
			return verdict
		}
	}
	credentials, err := loaded.Credentials.Retrieve(ctx)
	if err != nil {
		verdict.Stage, verdict.Error, verdict.Message = "first-use", describe.Error(err), err.Error()
		return verdict
	}
	verdict.Stage, verdict.Key = "credentials", credentials.AccessKeyID
	verdict.Token = credentials.SessionToken != ""
	return verdict
}

func failed(diags diag.Diagnostics) serve.Verdict {
	verdict := serve.Verdict{Stage: "construct", Error: "error"}
	for _, one := range diags.Errors() {
		verdict.Message = one.Summary() + ": " + one.Detail()
		if strings.Contains(one.Detail(), nothing) || strings.Contains(one.Detail(), listed) {
			verdict.Stage = "none"
		}
		inner, ok := one.(diag.DiagnosticWithErr)
		switch {
		case awsbase.IsNoValidCredentialSourcesError(one):
			verdict.Error = "NoValidCredentialSourcesError"
		case awsbase.IsCannotAssumeRoleError(one):
			verdict.Error = "CannotAssumeRoleError"
		case one.Summary() == "Cannot assume IAM Role with web identity":
			verdict.Error = "CannotAssumeRoleWithWebIdentityError"
		case ok:
			verdict.Error = describe.Error(inner.Err())
		}
	}
	return verdict
}

// withoutRoles returns the source whose credentials the provider's roles are assumed with.
func withoutRoles(ctx context.Context, arguments *block) string {
	plain := *arguments
	plain.roles = nil
	base, err := configured(&plain)
	if err != nil {
		return "error"
	}
	_, loaded, diags := awsbase.GetAwsConfig(ctx, base)
	if diags.HasError() {
		return "error"
	}
	method, _ := describe.Provider(loaded.Credentials, credentialsFiles(base))
	return method
}

func credentialsFiles(base *awsbase.Config) []string {
	if files, err := base.ResolveSharedCredentialsFiles(); err == nil && len(files) > 0 {
		return files
	}
	if file := os.Getenv("AWS_SHARED_CREDENTIALS_FILE"); file != "" {
		return []string{file}
	}
	return []string{filepath.Join(os.Getenv("HOME"), ".aws", "credentials")}
}

// configured does what the provider makes of its arguments.
func configured(arguments *block) (*awsbase.Config, error) {
	text := arguments.text
	base := &awsbase.Config{
		AccessKey:              text["access_key"],
		SecretKey:              text["secret_key"],
		Token:                  text["token"],
		Profile:                text["profile"],
		Region:                 text["region"],
		StsRegion:              text["sts_region"],
		CustomCABundle:         text["custom_ca_bundle"],
		NoProxy:                text["no_proxy"],
		SharedConfigFiles:      arguments.lists["shared_config_files"],
		SharedCredentialsFiles: arguments.lists["shared_credentials_files"],
		CallerName:             "Terraform AWS Provider",
		HTTPProxyMode:          awsbase.HTTPProxyModeLegacy,
		MaxRetries:             retries,
		SuppressDebugLog:       true,
		// The provider checks the credentials later, by a call of its own.
		SkipCredsValidation: true,
	}
	if value, ok := text["max_retries"]; ok {
		number, err := strconv.Atoi(value)
		if err != nil {
			return nil, err
		}
		if number != 0 {
			base.MaxRetries = number
		}
	}
	if len(arguments.web) > 1 {
		return nil, errors.New("too many assume_role_with_web_identity blocks")
	}
	if value := text["retry_mode"]; value != "" {
		mode, err := aws.ParseRetryMode(value)
		if err != nil {
			return nil, err
		}
		base.RetryMode = mode
	}
	if value, ok := text["http_proxy"]; ok {
		base.HTTPProxy = aws.String(value)
	}
	if value, ok := text["https_proxy"]; ok {
		base.HTTPSProxy = aws.String(value)
	}
	if value := text["ec2_metadata_service_endpoint"]; value != "" {
		base.EC2MetadataServiceEndpoint = value
		base.EC2MetadataServiceEndpointMode = text["ec2_metadata_service_endpoint_mode"]
	}
	if value := text["skip_metadata_api_check"]; value != "" {
		disabled, err := strconv.ParseBool(value)
		if err != nil {
			return nil, err
		}
		base.EC2MetadataServiceEnableState = imds.ClientEnabled
		if disabled {
			base.EC2MetadataServiceEnableState = imds.ClientDisabled
		}
	}
	if err := addRoles(base, arguments); err != nil {
		return nil, err
	}
	if len(arguments.web) == 0 {
		return base, nil
	}
	return base, addWebIdentity(base, arguments.web[0])
}

func addRoles(base *awsbase.Config, arguments *block) error {
	for _, role := range arguments.roles {
		if err := validLength(role, "session_name", 2, 64); err != nil {
			return err
		}
		if err := validLength(role, "external_id", 2, 1224); err != nil {
			return err
		}
		if role["role_arn"] == "" {
			if len(arguments.roles) == 1 {
				return nil // told as a warning
			}
			return errors.New("role_arn is required")
		}
		if err := validARN(role["role_arn"]); err != nil {
			return err
		}
		duration, _ := time.ParseDuration(role["duration"])
		base.AssumeRole = append(base.AssumeRole, awsbase.AssumeRole{
			RoleARN:     role["role_arn"],
			SessionName: role["session_name"],
			ExternalID:  role["external_id"],
			Duration:    duration,
		})
	}
	return nil
}

func addWebIdentity(base *awsbase.Config, web map[string]string) error {
	_, token := web["web_identity_token"]
	_, file := web["web_identity_token_file"]
	if token == file {
		return errors.New("one of web_identity_token, web_identity_token_file must be specified")
	}
	if err := validLength(web, "session_name", 2, 64); err != nil {
		return err
	}
	if err := validLength(web, "web_identity_token", 4, 20000); err != nil {
		return err
	}
	if role, ok := web["role_arn"]; ok {
		if err := validARN(role); err != nil {
			return err
		}
	}
	duration, _ := time.ParseDuration(web["duration"])
	base.AssumeRoleWithWebIdentity = &awsbase.AssumeRoleWithWebIdentity{
		RoleARN:              web["role_arn"],
		SessionName:          web["session_name"],
		Duration:             duration,
		WebIdentityToken:     web["web_identity_token"],
		WebIdentityTokenFile: web["web_identity_token_file"],
	}
	return nil
}

func validARN(text string) error {
	if text == "" {
		return nil
	}
	parsed, err := arn.Parse(text)
	if err != nil {
		return err
	}
	if !partitionOfARN.MatchString(parsed.Partition) || parsed.Resource == "" {
		return fmt.Errorf("%q is an invalid ARN", text)
	}
	if parsed.Region != "" && !regionOfARN.MatchString(parsed.Region) {
		return fmt.Errorf("%q is an invalid ARN: invalid region", text)
	}
	if parsed.AccountID != "" && !accountOfARN.MatchString(parsed.AccountID) {
		return fmt.Errorf("%q is an invalid ARN: invalid account ID", text)
	}
	return nil
}

func truth(text string) bool {
	return strings.EqualFold(text, "true")
}

func validLength(values map[string]string, name string, least, most int) error {
	value, ok := values[name]
	if ok && (len(value) < least || len(value) > most) {
		return fmt.Errorf("expected length of %s to be in the range (%d - %d)", name, least, most)
	}
	return nil
}

// leaveRegionOut takes the stand-in of STS away where no region is known: its address would let
// calls through that fail for real.
func leaveRegionOut(ctx context.Context, base *awsbase.Config) {
	if hostLabel.MatchString(base.StsRegion) {
		return
	}
	options := []func(*config.LoadOptions) error{
		config.WithRegion(base.Region),
		config.WithCredentialsProvider(aws.AnonymousCredentials{}),
	}
	if base.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(base.Profile))
	}
	if files, err := base.ResolveSharedConfigFiles(); err == nil && len(files) > 0 {
		options = append(options, config.WithSharedConfigFiles(files))
	}
	if files, err := base.ResolveSharedCredentialsFiles(); err == nil && len(files) > 0 {
		options = append(options, config.WithSharedCredentialsFiles(files))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err == nil && !hostLabel.MatchString(loaded.Region) {
		os.Unsetenv("AWS_ENDPOINT_URL_STS")
		os.Unsetenv("AWS_ENDPOINT_URL")
	}
}
