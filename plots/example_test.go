package plots_test

import (
	"fmt"
	"os"
	"path/filepath"

	"netsim/plots"
)

func ExampleFigure() {
	dir, _ := os.MkdirTemp("", "figures")
	defer os.RemoveAll(dir)
	seconds := []float64{0, 30, 60, 90}
	f := plots.Figure{
		Name: "filling", Kind: plots.Time, Title: "TIME-WAIT fills up",
		XLabel: "time", XUnit: "s", YLabel: "connections in TIME-WAIT",
		Panels: []plots.Panel{{Series: []plots.Series{
			{Label: "100/s", X: seconds, Y: []float64{0, 3012, 5987, 6004}},
			{Label: "100/s", X: seconds, Y: []float64{0, 3000, 6000, 6000}, Theory: true},
		}}},
	}
	paths, err := f.Save(dir, []string{"svg"})
	fmt.Println(filepath.Base(paths[0]), filepath.Base(paths[1]), err)
	table, _ := os.ReadFile(paths[1])
	fmt.Print(string(table))
	// Output:
	// filling.svg filling.csv <nil>
	// panel,series,x,y,low,high,theory,theory_low,theory_high
	// ,100/s,0,0,,,0,,
	// ,100/s,30,3012,,,3000,,
	// ,100/s,60,5987,,,6000,,
	// ,100/s,90,6004,,,6000,,
}

func ExampleLadder_Text() {
	const ms = 1_000_000
	l := plots.Ladder{Panels: []plots.LadderPanel{{
		Hosts: []string{"client", "server"},
		Messages: []plots.Message{
			{From: 0, To: 1, Sent: 0, Arrived: -1, Label: "SYN", Lost: "loss"},
			{From: 0, To: 1, Sent: 1000 * ms, Arrived: 1010 * ms, Label: "SYN", Again: true},
			{From: 1, To: 0, Sent: 1010 * ms, Arrived: 1020 * ms, Label: "SYN,ACK"},
			{From: 0, To: 1, Sent: 1020 * ms, Arrived: 1030 * ms, Label: "ACK"},
		},
		States: []plots.StateSpan{
			{Host: 0, State: "SYN-SENT", From: 0, To: 1020 * ms}, {Host: 0, State: "ESTABLISHED", From: 1020 * ms, To: -1},
			{Host: 1, State: "SYN-RECEIVED", From: 1010 * ms, To: 1030 * ms}, {Host: 1, State: "ESTABLISHED", From: 1030 * ms, To: -1},
		},
	}}}
	if err := l.Text(os.Stdout, 70); err != nil {
		fmt.Println(err)
	}
	// Output:
	//                   client                       server
	//      0     SYN-SENT |------ SYN -----X loss      |
	//                     :        ... 1 s ...         :
	//    1 s              |------- SYN (again) ------->| SYN-RECEIVED 1.01 s
	// 1.02 s  ESTABLISHED |<-------- SYN,ACK ----------|              1.01 s
	// 1.02 s              |----------- ACK ----------->| ESTABLISHED  1.03 s
}
