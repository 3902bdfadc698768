package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"netsim/experiments"
)

// submission is a sweep that is given to a cluster.
type submission struct {
	hoard
	slurm, kubernetes bool
	write             bool // alone
	aim               time.Duration
	cpus              int
	atOnce            int
	sbatch            []string
	image, claim      string

	name   string // of the job
	args   []string
	chunks int           // 0: by aim
	each   time.Duration // a chunk
	limit  time.Duration
}

func submitCommand() *cobra.Command {
	var s submission
	c := &cobra.Command{
		Use:   "submit FILE-or-NAME",
		Short: "Give the runs of an experiment to a cluster: Slurm or Kubernetes",
		Long: `Give the runs of an experiment to a cluster in chunks of about ten minutes each. What is
there already is not made again, so the same command goes on where a cluster stopped.

--slurm writes DIR/slurm/chunk.sh and collect.sh and submits them: a job array, or
several where MaxArraySize is less than the chunks, and behind it a job that collects.
--kubernetes prints an Indexed Job; pipe it to kubectl apply -f -, then collect.`,
		Example: `  netsim sweep submit mine.toml --slurm --cpus 4 --sbatch=--partition=short
  netsim sweep submit mine.toml --slurm --write-only        # look at the scripts first
  netsim sweep submit mine.toml --kubernetes --image registry/netsim --claim results | kubectl apply -f -`,
		Args:              one("FILE or NAME", "netsim sweep submit mine.toml --slurm"),
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if s.slurm == s.kubernetes {
				return fmt.Errorf("submit goes to one cluster; write: netsim sweep submit %s --slurm (or --kubernetes)", args[0])
			}
			if s.cpus < 1 || s.chunks < 0 || s.aim < time.Second {
				return fmt.Errorf("--cpus %d --chunks %d --aim %v: want at least one CPU, one chunk and one second for it", s.cpus, s.chunks, s.aim)
			}
			if err := s.plan(cmd, args[0]); err != nil {
				return err
			}
			if s.kubernetes {
				return s.manifest(cmd.OutOrStdout())
			}
			return s.array(cmd)
		},
	}
	s.flags(c)
	c.Flags().BoolVar(&s.slurm, "slurm", false, "submit a job array with sbatch")
	c.Flags().BoolVar(&s.kubernetes, "kubernetes", false, "print an Indexed Job")
	c.Flags().BoolVar(&s.write, "write-only", false, "write the scripts of Slurm, and do not submit them")
	c.Flags().DurationVar(&s.aim, "aim", 10*time.Minute, "how long a chunk should take")
	c.Flags().IntVar(&s.chunks, "chunks", 0, "how many chunks (default: as many as --aim makes)")
	c.Flags().IntVar(&s.cpus, "cpus", 1, "CPUs of each chunk")
	c.Flags().IntVar(&s.atOnce, "at-once", 0, "chunks that run at the same time (default: as many as the cluster lets)")
	c.Flags().StringArrayVar(&s.sbatch, "sbatch", nil, "an option for sbatch, as in --sbatch=--partition=short; repeat for more")
	c.Flags().StringVar(&s.image, "image", "netsim:latest", "the container image that has netsim")
	c.Flags().StringVar(&s.claim, "claim", "netsim", "the PersistentVolumeClaim that holds the working directory, readable and writable by many")
	return c
}

// plan divides the runs into chunks.
func (s *submission) plan(cmd *cobra.Command, name string) error {
	file, archive, err := s.open(cmd, name)
	if err != nil {
		return err
	}
	o := experiments.Options{Archive: archive, Connections: experiments.Traced(file)}
	study := experiments.NewStudy(file, o)
	sum := study.Plan()
	if err := rounds(cmd, study, o); err != nil {
		return err
	}
	points, err := study.Status(archive)
	if err != nil {
		return err
	}
	var left, longest time.Duration
	runs, missing := 0, 0
	for _, p := range points {
		left += p.Left
		longest = max(longest, p.Longest)
		runs += p.Runs
		missing += p.Runs - p.Stored
	}
	if missing == 0 {
		return fmt.Errorf("nothing is missing of %s in %s; write: netsim sweep collect %s --out %s", plural(runs, "run"), archive.Path, name, s.out)
	}
	if s.chunks == 0 {
		s.chunks = chunksOf(left, s.aim*time.Duration(s.cpus), runs)
	}
	s.each = max(left/time.Duration(s.chunks*s.cpus), longest)
	s.limit = max(3*s.each, s.aim) + 10*time.Minute // a machine may be slower than that which measured
	s.name = "netsim-" + strings.TrimSuffix(filepath.Base(file.Name), ".toml")
	s.args = append([]string{name}, s.again()...)
	s.args = append(s.args, "--out", s.out)
	fmt.Fprintf(cmd.ErrOrStderr(), "missing: %d of %s, %s of one core: %s of about %s\n", missing, plural(runs, "run"), about(left), plural(s.chunks, "chunk"), about(s.each))
	s.args = append(s.args, "--plan", sum)
	return nil
}

// chunksOf is into how many chunks so much work goes, of which each should take aim
// on its CPUs. There are not more than runs.
func chunksOf(left, aim time.Duration, runs int) int {
	n := math.Ceil(left.Seconds() / aim.Seconds())
	return int(min(max(n, 1), float64(runs)))
}

// again are the flags that choose the same runs.
func (p *pick) again() (args []string) {
	for _, set := range p.sets {
		args = append(args, "--set", set)
	}
	if p.where != "" {
		args = append(args, "--where", p.where)
	}
	return args
}

// shell is a line of a script; words that hold $ are for the shell.
func shell(words ...string) string {
	for i, w := range words {
		if !strings.Contains(w, "$((") {
			words[i] = experiments.Quote(w)
		}
	}
	return strings.Join(words, " ")
}

// array writes the scripts of Slurm and submits them.
func (s *submission) array(cmd *cobra.Command) error {
	dir := filepath.Join(s.out, "slurm")
	here, err := os.Getwd()
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	self, err2 := os.Executable()
	if err := errors.Join(err, err2); err != nil {
		return fmt.Errorf("scripts cannot be written: %w", err)
	}
	chunk, collect := filepath.Join(dir, "chunk.sh"), filepath.Join(dir, "collect.sh")
	logs := filepath.Join(here, dir)
	if filepath.IsAbs(dir) {
		logs = dir
	}
	exec := append([]string{"exec", self, "sweep", "exec"}, s.args...)
	exec = append(exec, "--progress", "plain", "--chunk", fmt.Sprintf("$((${1:-0} + SLURM_ARRAY_TASK_ID))/%d", s.chunks))
	head := "#!/bin/sh\n# Written by netsim sweep submit. Given again, it goes on where it stopped: what is\n# done is read from the results, not from Slurm.\n#SBATCH --job-name=%s\n#SBATCH --requeue\n#SBATCH --open-mode=append\n#SBATCH --output=%s\n"
	first := fmt.Sprintf(head, s.name, filepath.Join(logs, "%A_%a.log")) +
		fmt.Sprintf("#SBATCH --cpus-per-task=%d\n#SBATCH --time=%d\n#SBATCH --signal=B:TERM@60\n", s.cpus, int(s.limit.Minutes())+1)
	second := fmt.Sprintf(head, s.name+"-collect", filepath.Join(logs, "collect.log"))
	body := "cd " + experiments.Quote(here) + " || exit 2\n"
	collecting := append([]string{"exec", self, "sweep", "collect"}, s.args[:len(s.args)-2]...)
	err = errors.Join(
		os.WriteFile(chunk, []byte(first+body+shell(exec...)+"\n"), 0o755),
		os.WriteFile(collect, []byte(second+body+shell(collecting...)+"\n"), 0o755),
	)
	if err != nil {
		return fmt.Errorf("scripts cannot be written: %w", err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s\n%s\n", chunk, collect)
	if s.write {
		return nil
	}
	var jobs []string
	size := maxArraySize()
	for from := 0; from < s.chunks; from += size {
		array := fmt.Sprintf("--array=0-%d", min(size, s.chunks-from)-1)
		if s.atOnce > 0 {
			array += fmt.Sprintf("%%%d", s.atOnce)
		}
		id, err := s.submit(array, chunk, strconv.Itoa(from))
		if err != nil {
			return err
		}
		jobs = append(jobs, id)
	}
	id, err := s.submit("--dependency=afterany:"+strings.Join(jobs, ":"), collect)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "submitted %s, and %s to collect; netsim sweep status tells how far they are\n", strings.Join(jobs, ", "), id)
	return nil
}

// submit gives one script to Slurm and returns the number of its job.
func (s *submission) submit(words ...string) (id string, err error) {
	args := append([]string{"--parsable"}, s.sbatch...)
	out, err := exec.Command("sbatch", append(args, words...)...).Output()
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		return "", fmt.Errorf("sbatch: %s", strings.TrimSpace(string(failed.Stderr)))
	case err != nil:
		return "", fmt.Errorf("nothing was submitted: %w; --write-only writes the scripts", err)
	}
	id, _, _ = strings.Cut(strings.TrimSpace(string(out)), ";") // job;cluster
	return id, nil
}

var arraySize = regexp.MustCompile(`(?m)^MaxArraySize\s*=\s*(\d+)`)

// maxArraySize is how many tasks an array of this cluster may have: 1001, Slurm's
// default, where it does not say.
func maxArraySize() int {
	out, err := exec.Command("scontrol", "show", "config").Output()
	if m := arraySize.FindSubmatch(out); err == nil && m != nil {
		if n, err := strconv.Atoi(string(m[1])); err == nil && n > 0 {
			return n
		}
	}
	return 1001
}

// manifest prints the same chunks as an Indexed Job of Kubernetes.
func (s *submission) manifest(out io.Writer) error {
	parallel := s.chunks
	if s.atOnce > 0 {
		parallel = min(parallel, s.atOnce)
	}
	args := append([]string{"sweep", "exec"}, s.args...)
	args = append(args, "--progress", "json", "--chunk", fmt.Sprintf("$(CHUNK)/%d", s.chunks))
	var words strings.Builder
	for _, a := range args {
		if !strings.HasPrefix(a, "$(CHUNK)") {
			a = strings.ReplaceAll(a, "$(", "$$(") // which Kubernetes reads as $(
		}
		fmt.Fprintf(&words, "            - %s\n", strconv.Quote(a))
	}
	_, err := fmt.Fprintf(out, `# %d chunks of about %s each. Afterwards: netsim sweep collect, where the claim is mounted.
apiVersion: batch/v1
kind: Job
metadata:
  name: %s
spec:
  completionMode: Indexed
  completions: %d
  parallelism: %d
  backoffLimitPerIndex: 3
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: netsim
          image: %s
          workingDir: /work
          command: ["netsim"]
          args:
%s          env:
            - name: CHUNK
              valueFrom:
                fieldRef:
                  fieldPath: metadata.annotations['batch.kubernetes.io/job-completion-index']
          resources:
            requests: { cpu: "%d" }
            limits: { cpu: "%d" }
          volumeMounts:
            - { name: work, mountPath: /work }
      volumes:
        - name: work
          persistentVolumeClaim: { claimName: %s }
`, s.chunks, about(s.each), dns(s.name), s.chunks, parallel, strconv.Quote(s.image), words.String(), s.cpus, s.cpus, strconv.Quote(s.claim))
	return err
}

// dns is a name as Kubernetes wants it.
func dns(name string) string {
	name = regexp.MustCompile(`[^a-z0-9-]+`).ReplaceAllString(strings.ToLower(name), "-")
	return strings.Trim(name[:min(len(name), 63)], "-")
}
