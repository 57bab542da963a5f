// Package serve is the frame of the drivers written in Go: one JSON set-up a line in, one JSON
// verdict a line out.
//
// Every set-up is judged by a process of its own (the driver, started again) with exactly the
// set-up's environment and working directory, so that what an SDK reads when it is initialised
// (HOME, for one) is the set-up's as well.
package serve

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"time"
)

// SetUp is one situation. Environment and working directory are already those of the process.
type SetUp struct {
	Env     map[string]string `json:"env"`
	Cwd     string            `json:"cwd"`
	Profile *string           `json:"profile"`
}

// Verdict is what the SDK did. Stage is construct, first-use or credentials; Base is the source
// whose credentials a role is assumed with.
type Verdict struct {
	Stage   string `json:"stage"`
	Error   string `json:"error,omitempty"`
	Message string `json:"message,omitempty"`
	Method  string `json:"method,omitempty"`
	Base    string `json:"base,omitempty"`
	Region  string `json:"region"`
	Role    string `json:"role,omitempty"`
	Key     string `json:"key,omitempty"`
	Token   bool   `json:"token"`
	Failure string `json:"failure,omitempty"`
}

const (
	child = "one-set-up"
	limit = 40 * time.Second
)

// Main serves until the input ends; module is the one whose version is told.
func Main(module string, judge func(SetUp) Verdict) {
	if len(os.Args) > 2 && os.Args[1] == child {
		var setUp SetUp
		if err := json.Unmarshal([]byte(os.Args[2]), &setUp); err != nil {
			answer(Verdict{Failure: err.Error()})
			return
		}
		answer(judge(setUp))
		return
	}
	answer(map[string]string{"ready": version(module)})
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

func version(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, one := range info.Deps {
		if one.Path == module {
			return strings.TrimPrefix(one.Version, "v")
		}
	}
	return "unknown"
}

func inChild(line []byte) []byte {
	var s SetUp
	if err := json.Unmarshal(line, &s); err != nil {
		return failure(err)
	}
	self, err := os.Executable()
	if err != nil {
		return failure(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	command := exec.CommandContext(ctx, self, child, string(line))
	command.Dir = s.Cwd
	command.Env = make([]string, 0, len(s.Env))
	for name, value := range s.Env {
		command.Env = append(command.Env, name+"="+value)
	}
	output, err := command.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && bytes.Contains(exit.Stderr, []byte("panic: ")) {
		text, _ := json.Marshal(Verdict{Stage: "construct", Error: "panic", Message: string(exit.Stderr)})
		return text
	}
	if err != nil {
		return failure(err)
	}
	// What an SDK logs comes before the verdict.
	lines := bytes.Split(bytes.TrimSpace(output), []byte("\n"))
	return lines[len(lines)-1]
}

func failure(err error) []byte {
	text, _ := json.Marshal(Verdict{Failure: err.Error()})
	return text
}
