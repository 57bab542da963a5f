// Runs the AWS SDK for Go v2 on set-ups: one JSON set-up a line in, one JSON verdict a line out.
//
// Every set-up is judged by a process of its own (this program, started again) with exactly the
// set-up's environment and working directory, so that what the SDK reads when it is initialised
// (HOME, for one) is the set-up's as well.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
)

type setUp struct {
	Env     map[string]string `json:"env"`
	Cwd     string            `json:"cwd"`
	Profile *string           `json:"profile"`
}

type verdict struct {
	Stage   string `json:"stage"`
	Error   string `json:"error,omitempty"`
	Message string `json:"message,omitempty"`
	Method  string `json:"method,omitempty"`
	Region  string `json:"region"`
	Role    string `json:"role,omitempty"`
	Key     string `json:"key,omitempty"`
	Token   bool   `json:"token"`
	Failure string `json:"failure,omitempty"`
}

const child = "one-set-up"

func main() {
	if len(os.Args) > 1 && os.Args[1] == child {
		answer(judge(os.Args[2:]))
		return
	}
	answer(map[string]string{"ready": version()})
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		os.Stdout.Write(append(bytes.TrimSpace(inChild(line)), '\n'))
	}
}

func answer(value any) {
	text, _ := json.Marshal(value)
	os.Stdout.Write(append(text, '\n'))
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/aws/aws-sdk-go-v2/config" {
			return strings.TrimPrefix(module.Version, "v")
		}
	}
	return "unknown"
}

func inChild(line []byte) []byte {
	var s setUp
	if err := json.Unmarshal(line, &s); err != nil {
		return failure(err)
	}
	self, err := os.Executable()
	if err != nil {
		return failure(err)
	}
	arguments := []string{child}
	if s.Profile != nil {
		arguments = append(arguments, *s.Profile)
	}
	command := exec.Command(self, arguments...)
	command.Dir = s.Cwd
	command.Env = make([]string, 0, len(s.Env))
	for name, value := range s.Env {
		command.Env = append(command.Env, name+"="+value)
	}
	output, err := command.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && bytes.Contains(exit.Stderr, []byte("panic: ")) {
		text, _ := json.Marshal(verdict{Stage: "construct", Error: "panic", Message: string(exit.Stderr)})
		return text
	}
	if err != nil {
		return failure(err)
	}
	return output
}

func failure(err error) []byte {
	text, _ := json.Marshal(verdict{Failure: err.Error()})
	return text
}

func judge(profile []string) verdict {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	options := []func(*config.LoadOptions) error{
		// Pauses between attempts change no verdict here, only the time that it takes.
		config.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }),
	}
	if len(profile) > 0 {
		options = append(options, config.WithSharedConfigProfile(profile[0]))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return verdict{Stage: "construct", Error: nameOf(err), Message: err.Error()}
	}
	v := verdict{Region: loaded.Region}
	v.Method, v.Role = describe(loaded.Credentials)
	credentials, err := loaded.Credentials.Retrieve(ctx)
	if err != nil {
		v.Stage, v.Error, v.Message = "first-use", nameOf(err), err.Error()
		return v
	}
	v.Stage, v.Key, v.Token = "credentials", credentials.AccessKeyID, credentials.SessionToken != ""
	return v
}

// nameOf returns the innermost exported error type of the SDK, "error" when there is none.
// OperationError only says which request it was.
func nameOf(err error) string {
	name := "error"
	for err != nil {
		kind := reflect.TypeOf(err)
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		exported := kind.Name() != "" && strings.ToUpper(kind.Name()[:1]) == kind.Name()[:1]
		if exported && strings.HasPrefix(kind.PkgPath(), "github.com/aws/") && kind.Name() != "OperationError" {
			name = kind.Name()
		}
		err = errors.Unwrap(err)
	}
	return name
}

// describe returns the source that the provider stands for and the role that it takes.
func describe(provider aws.CredentialsProvider) (string, string) {
	value := reflect.ValueOf(provider)
	for value.Kind() == reflect.Pointer || value.Kind() == reflect.Interface {
		value = value.Elem()
		if value.Kind() == reflect.Struct && value.Type().Name() == "CredentialsCache" {
			value = value.FieldByName("provider")
		}
	}
	switch kind := value.Type().String(); kind {
	case "credentials.StaticCredentialsProvider":
		return static(value.FieldByName("Value").FieldByName("Source").String()), ""
	case "stscreds.AssumeRoleProvider":
		return "role_profile", option(value, "RoleARN")
	case "stscreds.WebIdentityRoleProvider":
		return webIdentity(provider), option(value, "RoleARN")
	case "ssocreds.Provider":
		return "sso_profile", option(value, "RoleName")
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

func option(provider reflect.Value, name string) string {
	return provider.FieldByName("options").FieldByName(name).String()
}

func static(source string) string {
	path, found := strings.CutPrefix(source, "SharedConfigCredentials: ")
	if !found {
		return "env"
	}
	file := os.Getenv("AWS_SHARED_CREDENTIALS_FILE")
	if file == "" {
		file = filepath.Join(os.Getenv("HOME"), ".aws", "credentials")
	}
	if path == file {
		return "static_credentials_file"
	}
	return "static_config_file"
}

func webIdentity(provider aws.CredentialsProvider) string {
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
