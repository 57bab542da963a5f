package main

import (
	"context"
	"time"
	_ "unsafe" // for go:linkname
)

// What Go v2 waits with between attempts; its own tests replace it as well.
//
//go:linkname wait github.com/aws/aws-sdk-go-v2/internal/sdk.SleepWithContext
var wait func(context.Context, time.Duration) error

// withoutPauses leaves the pauses between attempts out, which change no verdict here, only the
// time that it takes.
func withoutPauses() {
	wait = func(context.Context, time.Duration) error { return nil }
}
