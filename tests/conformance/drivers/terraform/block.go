package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// errNotLiteral: the value depends on what only Terraform knows when it runs.
var errNotLiteral = errors.New("not literal")

var errDoubled = errors.New("duplicate provider configuration")

// standIns are put in for such values where they change nothing of which source it is.
var standIns = map[string]string{
	"region":       "us-east-1",
	"role_arn":     "arn:aws:iam::123456789012:role/not-literal",
	"session_name": "not-literal",
	"external_id":  "not-literal",
	"sts_region":   "us-east-1",
	"max_retries":  "1",
	"retry_mode":   "standard",
}

var (
	strings_ = []string{
		"access_key", "secret_key", "token", "profile", "region", "sts_region",
		"ec2_metadata_service_endpoint", "ec2_metadata_service_endpoint_mode", "custom_ca_bundle",
		"http_proxy", "https_proxy", "no_proxy", "retry_mode", "skip_metadata_api_check",
		"skip_region_validation", "max_retries",
	}
	lists_ = []string{"shared_config_files", "shared_credentials_files"}
	role_  = []string{"role_arn", "session_name", "external_id", "duration"}
	web_   = []string{
		"role_arn", "session_name", "duration", "web_identity_token", "web_identity_token_file",
	}
)

// block is the provider block without alias; roles holds nil for an empty assume_role block.
type block struct {
	text  map[string]string
	lists map[string][]string
	roles []map[string]string
	web   []map[string]string
}

// readBlock reads the provider block of the root module as Terraform does.
func readBlock(folder string) (*block, error) {
	result := &block{text: map[string]string{}, lists: map[string][]string{}}
	var names []string
	for _, pattern := range []string{"*.tf", "*.tf.json"} {
		found, _ := filepath.Glob(filepath.Join(folder, pattern))
		names = append(names, found...)
	}
	sort.Strings(names)
	parser, seen := hclparse.NewParser(), false
	for _, name := range names {
		parse := parser.ParseHCLFile
		if strings.HasSuffix(name, ".json") {
			parse = parser.ParseJSONFile
		}
		file, diags := parse(name)
		if diags.HasErrors() {
			return nil, diags
		}
		content, _, diags := file.Body.PartialContent(&hcl.BodySchema{
			Blocks: []hcl.BlockHeaderSchema{{Type: "provider", LabelNames: []string{"name"}}},
		})
		if diags.HasErrors() {
			return nil, diags
		}
		for _, one := range content.Blocks {
			if one.Labels[0] != "aws" {
				continue
			}
			aliased, err := result.read(one.Body)
			if err != nil {
				return nil, err
			}
			if !aliased && seen {
				return nil, errDoubled
			}
			seen = seen || !aliased
		}
	}
	return result, nil
}

func schemaOf(attributes []string, blocks ...string) *hcl.BodySchema {
	schema := &hcl.BodySchema{}
	for _, name := range attributes {
		schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: name})
	}
	for _, name := range blocks {
		schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: name})
	}
	return schema
}

func (b *block) read(body hcl.Body) (bool, error) {
	names := append(append([]string{"alias"}, strings_...), lists_...)
	schema := schemaOf(names, "assume_role", "assume_role_with_web_identity")
	schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: "dynamic", LabelNames: []string{"of"}})
	content, _, diags := body.PartialContent(schema)
	if diags.HasErrors() {
		return false, diags
	}
	if _, aliased := content.Attributes["alias"]; aliased {
		return true, nil
	}
	for _, name := range lists_ {
		attribute, ok := content.Attributes[name]
		if !ok {
			continue
		}
		value, diags := attribute.Expr.Value(nil)
		if diags.HasErrors() {
			return false, fmt.Errorf("%s: %w", name, errNotLiteral)
		}
		if value.IsNull() {
			continue
		}
		for _, one := range value.AsValueSlice() {
			b.lists[name] = append(b.lists[name], one.AsString())
		}
	}
	var err error
	if b.text, err = texts(content.Attributes, strings_); err != nil {
		return false, err
	}
	for _, inner := range content.Blocks {
		if inner.Type == "dynamic" {
			return false, errNotLiteral
		}
		wanted := role_
		if inner.Type != "assume_role" {
			wanted = web_
		}
		attributes, _, diags := inner.Body.PartialContent(schemaOf(wanted))
		if diags.HasErrors() {
			return false, diags
		}
		values, err := texts(attributes.Attributes, wanted)
		if err != nil {
			return false, err
		}
		if inner.Type == "assume_role" {
			b.roles = append(b.roles, values)
		} else {
			b.web = append(b.web, values)
		}
	}
	return false, nil
}

func texts(attributes hcl.Attributes, names []string) (map[string]string, error) {
	result := map[string]string{}
	for _, name := range names {
		attribute, ok := attributes[name]
		if !ok {
			continue
		}
		value, diags := attribute.Expr.Value(nil)
		standIn, ok := standIns[name]
		if diags.HasErrors() && ok {
			result[name] = standIn
			result[name+" is not literal"] = "true"
			continue
		}
		if diags.HasErrors() {
			return nil, fmt.Errorf("%s: %w", name, errNotLiteral)
		}
		if value.IsNull() {
			continue
		}
		text, err := convert.Convert(value, cty.String)
		if err != nil {
			return nil, err
		}
		result[name] = text.AsString()
	}
	return result, nil
}
