module credlint.test/go-v1

go 1.25

require (
	credlint.test/serve v0.0.0
	github.com/aws/aws-sdk-go v1.55.8
)

require github.com/jmespath/go-jmespath v0.4.0 // indirect

replace credlint.test/serve => ../go-serve
