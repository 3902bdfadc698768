//go:build !unix

package main

import "time"

var begun = time.Now()

// cpuSeconds is wall time, where the system has no account of the other.
func cpuSeconds() float64 { return time.Since(begun).Seconds() }

// peak is not known.
func peak() int64 { return 0 }
