package experiments

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const movesFile = `
title = "Ways"
[node.client]
[node.server]
tcp.time_wait = "1 s"
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "10/s", count = 5 }
close.by = "server"
[figure.all]
kind = "states"
[figure.server]
kind = "states"
node = "server"
`

// TestStatesFigure: of five connections that are closed by the server, every change of state is on its arrow.
func TestStatesFigure(t *testing.T) {
	s := study(t, movesFile)
	s.File.Output.Figures = []string{"svg"}
	dir := t.TempDir()
	if err := s.Draw(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	server := []string{"LISTEN,SYN-RECEIVED,rcv SYN,\"snd SYN, ACK\",5", "SYN-RECEIVED,ESTABLISHED,rcv ACK,of SYN,5", "ESTABLISHED,FIN-WAIT-1,CLOSE,snd FIN,5",
		"FIN-WAIT-1,TIME-WAIT,\"rcv FIN, ACK\",snd ACK,5", "TIME-WAIT,CLOSED,2 MSL,,5"}
	client := []string{"CLOSED,SYN-SENT,active OPEN,snd SYN,5", "SYN-SENT,ESTABLISHED,\"rcv SYN, ACK\",snd ACK,5",
		"ESTABLISHED,CLOSE-WAIT,rcv FIN,snd ACK,5", "CLOSE-WAIT,LAST-ACK,CLOSE,snd FIN,5", "LAST-ACK,CLOSED,rcv ACK,of FIN,5"}
	all, own := read("all"), read("server")
	for _, want := range server {
		if !strings.Contains(own, want) || !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, own)
		}
	}
	for _, want := range client {
		if strings.Contains(own, want) || !strings.Contains(all, want) {
			t.Errorf("%q should be in the figure of all hosts alone:\n%s", want, all)
		}
	}
	s.Points[0].Moves = nil
	if err := s.Draw(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "run the experiment again") {
		t.Errorf("results that lack the counts: %v", err)
	}
}

// TestMovesOnRequest: they are counted where a figure asks for them, and results that
// lack them do not pass for results that have them.
func TestMovesOnRequest(t *testing.T) {
	plain := strings.Split(movesFile, "[figure")[0]
	if r := (&Recorded{}); r.covers(&Recorded{Moves: true}) || !(&Recorded{Moves: true}).covers(r) {
		t.Error("what did not count passes for what did")
	}
	if s := study(t, plain); s.Points[0].Moves != nil {
		t.Error("moves are counted that nobody asked for")
	}
	if got := (*moves)(nil).found(); got != nil {
		t.Errorf("found %v where nothing was counted", got)
	}
	s := study(t, movesFile)
	var sum uint64
	for _, v := range s.Points[0].Moves["server"] {
		sum += v.Count
	}
	if sum != 25 || len(s.Points[0].Moves) != 2 {
		t.Errorf("the server's five connections moved %d times, want 25: %v", sum, s.Points[0].Moves["server"])
	}
}
