module credlint.test/describe

go 1.25

require github.com/aws/aws-sdk-go-v2 v1.43.1

require github.com/aws/smithy-go v1.27.5 // indirect
