package main

import (
	"strings"

	"github.com/spf13/cobra"

	"netsim/experiments"
	"netsim/experiments/language"
)

const setHelp = "PATH=VALUE: a value that wins over the file; repeat for more"

// completeSets completes the paths of --set, and the names of cases, from the file
// that the command line has before it.
func completeSets(c *cobra.Command) {
	complete := func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		file, err := experiments.Load(args[0])
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return settable(file, typed), cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	}
	_ = c.RegisterFlagCompletionFunc("set", complete) // fails where there is none
}

// settable are the beginnings "path=" that --set can have, with the cases of axes
// and the words of keys that take some.
func settable(file *language.File, typed string) (list []string) {
	if path, _, ok := strings.Cut(typed, "="); ok {
		for _, v := range file.Values(path) {
			list = append(list, path+"="+v)
		}
		return list
	}
	for _, n := range file.Names() {
		if n.Kind == "parameter" && strings.HasPrefix(n.Path, typed) {
			list = append(list, n.Path+"=\t"+n.Meaning)
		}
	}
	return list
}
