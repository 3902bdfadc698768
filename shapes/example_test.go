package shapes_test

import (
	"fmt"

	"netsim/shapes"
)

// The sizes of a fat tree follow from the ports of its switches.
func Example() {
	fatTree, _ := shapes.Of("fat-tree")
	g, err := fatTree.New(shapes.Sizes{K: 4}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range g.Groups {
		fmt.Println(n.Name, n.Count)
	}
	// Output:
	// edge 8
	// aggregation 8
	// core 4
	// host 16
}
