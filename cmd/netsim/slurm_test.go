//go:build slurm

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// slurm is a cluster of this machine alone that lives as long as the test: munge,
// slurmctld and slurmd on the loopback, with a key, a state and ports of their own.
//
//	go test -tags slurm -run Slurm -v -timeout 20m ./cmd/netsim
type slurm struct {
	t   *testing.T
	dir string
}

const slurmConf = `ClusterName=local
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=46817
SlurmdPort=46818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket=DIR/munge/munge.sock
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=DIR/state
SlurmdSpoolDir=DIR/spool
SlurmctldPidFile=DIR/slurmctld.pid
SlurmdPidFile=DIR/slurmd.pid
SlurmctldLogFile=DIR/log/slurmctld.log
SlurmdLogFile=DIR/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MaxArraySize=5
MaxJobCount=1000
ReturnToService=2
MpiDefault=none
NodeName=localhost NodeAddr=127.0.0.1 NodeHostname=HOST CPUs=2 RealMemory=2000 State=UNKNOWN
PartitionName=main Nodes=localhost Default=YES MaxTime=INFINITE State=UP
`

func newSlurm(t *testing.T) *slurm {
	for _, program := range []string{"munged", "slurmctld", "slurmd", "sbatch"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program, "is not installed")
		}
	}
	if os.Getuid() != 0 {
		t.Skip("slurmd wants root")
	}
	dir, err := os.MkdirTemp("", "slurm") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &slurm{t, dir}
	for _, below := range []string{"munge", "state", "spool", "log"} {
		s.must(os.Mkdir(filepath.Join(dir, below), 0o711))
	}
	s.must(os.Chmod(dir, 0o755))
	key := make([]byte, 128)
	random, err := os.Open("/dev/urandom")
	s.must(err)
	_, err = random.Read(key)
	s.must(err)
	s.must(os.WriteFile(filepath.Join(dir, "munge", "munge.key"), key, 0o600))
	host, _ := os.Hostname()
	host, _, _ = strings.Cut(host, ".")
	conf := filepath.Join(dir, "slurm.conf")
	s.must(os.WriteFile(conf, []byte(strings.NewReplacer("DIR", dir, "HOST", host).Replace(slurmConf)), 0o644))
	t.Setenv("SLURM_CONF", conf)
	at := func(name string) string { return filepath.Join(dir, "munge", name) }
	s.start("munged", "--foreground", "--force", "--key-file="+at("munge.key"), "--socket="+at("munge.sock"), "--pid-file="+at("munged.pid"),
		"--log-file="+at("munged.log"), "--seed-file="+at("munged.seed"))
	s.until("munge", time.Minute, func() bool { _, err := os.Stat(at("munge.sock")); return err == nil })
	s.start("slurmctld", "-D", "-c", "-f", conf)
	s.start("slurmd", "-D", "-f", conf, "-N", "localhost")
	s.until("an idle node", 2*time.Minute, func() bool { return s.ask("sinfo", "-h", "-o", "%T") == "idle" })
	return s
}

func (s *slurm) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// start starts a daemon that is stopped, gently, with the test.
func (s *slurm) start(words ...string) {
	s.t.Helper()
	c := exec.Command(words[0], words[1:]...)
	s.must(c.Start())
	ended := make(chan struct{})
	go func() {
		_ = c.Wait()
		close(ended)
	}()
	s.t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			_ = c.Process.Kill()
		}
	})
}

func (s *slurm) ask(words ...string) string {
	out, _ := exec.Command(words[0], words[1:]...).Output()
	return strings.TrimSpace(string(out))
}

// until waits for something, and tells what the daemons say if it does not come.
func (s *slurm) until(what string, patience time.Duration, there func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); !there(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			for _, name := range []string{"log/slurmctld.log", "log/slurmd.log", "munge/munged.log"} {
				text, _ := os.ReadFile(filepath.Join(s.dir, name))
				s.t.Logf("%s:\n%s", name, text)
			}
			s.t.Fatalf("no %s; jobs:\n%s", what, s.ask("squeue"))
		}
	}
}

// TestSlurm gives an experiment of 2,000 runs to a Slurm of this machine: chunks as
// two arrays, for an array may have five tasks here, and a job that collects behind
// them. One task is requeued in the middle. Tables and figures are those of one
// process. Then ten more replications of each point, of which only the new are made.
func TestSlurm(t *testing.T) {
	n := newNetsim(t)
	n.file("x.toml", brief)
	self := filepath.Join(t.TempDir(), "netsim")
	build := exec.Command("go", "build", "-o", self, "netsim/cmd/netsim")
	build.Dir = here
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s := newSlurm(t)
	submit := func(replications, chunks int) {
		t.Helper()
		args := []string{"sweep", "submit", "x.toml", "--slurm", "--replications", fmt.Sprint(replications), "--out", "cluster", "--chunks", fmt.Sprint(chunks)}
		out, err := exec.Command(self, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Logf("%s", out)
	}
	finish := func(replications int) {
		t.Helper()
		s.until("end of the jobs", 10*time.Minute, func() bool { return s.ask("squeue", "-h") == "" })
		n.ok("run", "x.toml", "--replications", fmt.Sprint(replications), "--out", "whole", "--progress", "none")
		if t.Failed() || n.tables("cluster")["results.csv"] == "" {
			logs, _ := filepath.Glob("cluster/slurm/*.log")
			for _, l := range logs {
				text, _ := os.ReadFile(l)
				t.Logf("%s:\n%s", l, text)
			}
		}
		got := n.tables("cluster")
		for name, text := range n.tables("whole") {
			if got[name] != text {
				t.Errorf("%s of the cluster is another than of one process", name)
			}
		}
	}
	submit(250, 8)
	s.until("a running task", time.Minute, func() bool { return strings.Contains(s.ask("squeue", "-h", "-r", "-t", "R", "-o", "%i"), "_") })
	task, _, _ := strings.Cut(s.ask("squeue", "-h", "-r", "-t", "R", "-o", "%i"), "\n")
	t.Logf("requeue %s: %s", task, s.ask("scontrol", "requeue", task))
	finish(250)
	before := n.records("cluster")
	submit(260, 3)
	finish(260)
	if made := n.records("cluster") - before; made != 80 {
		t.Errorf("%d runs were made for 10 more replications of 8 points", made)
	}
}
