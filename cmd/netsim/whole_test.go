//go:build long

package main

import "testing"

// These take minutes:
//
//	go test -tags long -run Whole -v -timeout 30m ./cmd/netsim

func TestWholeKilled(t *testing.T) { killed(t, 250, 20) }

func TestWholeProcesses(t *testing.T) { processes(t, 250) }
