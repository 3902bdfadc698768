//go:build unix

package main

import (
	"syscall"
	"time"
)

func usageOf() (u syscall.Rusage) {
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it has no way to fail for oneself
	}
	return u
}

// cpuSeconds is the CPU time of the process, user and system.
func cpuSeconds() float64 {
	u := usageOf()
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// peak is the largest resident size so far, in kB as Linux counts it.
func peak() int64 { return int64(usageOf().Maxrss) }
