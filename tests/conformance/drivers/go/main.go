// Runs the AWS SDK for Go v2 on set-ups; see credlint.test/serve.
package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"credlint.test/describe"
	"credlint.test/serve"
)

func main() {
	serve.Main("github.com/aws/aws-sdk-go-v2/config", judge)
}

func judge(setUp serve.SetUp) serve.Verdict {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	options := []func(*config.LoadOptions) error{
		// Pauses between attempts change no verdict here, only the time that it takes.
		config.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }),
	}
	if setUp.Profile != nil {
		options = append(options, config.WithSharedConfigProfile(*setUp.Profile))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return serve.Verdict{Stage: "construct", Error: describe.Error(err), Message: err.Error()}
	}
	file := os.Getenv("AWS_SHARED_CREDENTIALS_FILE")
	if file == "" {
		file = filepath.Join(os.Getenv("HOME"), ".aws", "credentials")
	}
	verdict := serve.Verdict{Region: loaded.Region}
	verdict.Method, verdict.Role = describe.Provider(loaded.Credentials, []string{file})
	credentials, err := loaded.Credentials.Retrieve(ctx)
	if err != nil {
		verdict.Stage, verdict.Error, verdict.Message = "first-use", describe.Error(err), err.Error()
		return verdict
	}
	verdict.Stage, verdict.Key = "credentials", credentials.AccessKeyID
	verdict.Token = credentials.SessionToken != ""
	return verdict
}
