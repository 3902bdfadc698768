// Package shell evaluates the commands in backticks of packetdrill scripts in
// process: they are parsed as a shell would, and answered by a simulated
// [Machine]. Nothing of a script reaches the machine that it runs on: there are
// simple commands, pipes, &&, semicolons and redirections to /dev/null, a dozen
// programs, and everything else is an error. Time and memory are bounded by the
// length of a command.
package shell
