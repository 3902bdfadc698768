package shapes

// or is the size, or what holds where it is not given.
func or(size, other int) int {
	if size == 0 {
		return other
	}
	return size
}

func star(b *builder) {
	hub := b.group("hub", true, 1)
	b.hosts("host", "access", b.sizes.Hosts, hub, 1)
}

// row is links between neighbours in number, of n nodes.
func row(n int) []Pair {
	pairs := make([]Pair, max(0, n-1))
	for i := range pairs {
		pairs[i] = Pair{uint32(i), uint32(i + 1)}
	}
	return pairs
}

func chain(b *builder) {
	n := b.sizes.Routers
	routers := b.group("router", true, n)
	b.links("hop", routers, routers, row(b.Groups[routers].Count))
	b.hosts("host", "access", or(b.sizes.Hosts, n), routers, n)
}

func ring(b *builder) {
	n := b.sizes.Routers
	if n < 3 {
		b.wrong("routers", "write 3 or more", "%d make no ring", n)
		return
	}
	routers := b.group("router", true, n)
	b.links("hop", routers, routers, append(row(b.Groups[routers].Count), Pair{uint32(n - 1), 0}))
	b.hosts("host", "access", or(b.sizes.Hosts, n), routers, n)
}

// tree numbers routers in breadth: the root is 0.
func tree(b *builder) {
	fanout, level, inner := or(b.sizes.Fanout, 2), 1, 0
	for range b.sizes.Depth - 1 {
		if inner, level = inner+level, level*fanout; level > MostNodes {
			b.wrong("depth", "", "a tree of depth %d and fanout %d is larger than can be built", b.sizes.Depth, fanout)
			return
		}
	}
	routers := b.group("router", true, inner+level)
	pairs := make([]Pair, 0, inner+level)
	for i := 1; i < inner+level; i++ {
		pairs = append(pairs, Pair{uint32((i - 1) / fanout), uint32(i)})
	}
	b.links("branch", routers, routers, pairs)
	b.hosts("host", "access", or(b.sizes.Hosts, level*fanout), routers, level)
	lowest := b.Link("access").Pairs
	for i := range lowest {
		lowest[i].B += uint32(inner)
	}
}

func dumbbell(b *builder) {
	routers := b.group("router", true, 2)
	b.hosts("left", "access_left", b.sizes.Left, routers, 1)
	b.hosts("right", "access_right", or(b.sizes.Right, b.sizes.Left), routers, 1)
	right := b.Link("access_right").Pairs
	for i := range right {
		right[i].B = 1
	}
	b.links("bottleneck", routers, routers, row(2))
}

func parkingLot(b *builder) {
	hops := b.sizes.Hops
	routers := b.group("router", true, hops+1)
	hops = max(0, b.Groups[routers].Count-1)
	sources, sinks := b.group("source", false, hops+1), b.group("sink", false, hops+1)
	in, out := []Pair{{0, 0}}, []Pair{{0, uint32(hops)}}
	for i := uint32(1); i <= uint32(hops); i++ {
		in, out = append(in, Pair{i, i - 1}), append(out, Pair{i, i})
	}
	b.links("access_source", sources, routers, in)
	b.links("access_sink", sinks, routers, out)
	b.links("hop", routers, routers, row(hops+1))
}

// fatTree has k pods of k/2 edge and k/2 aggregation switches, of which the i-th
// of each pod is joined with the i-th k/2 of the core switches.
func fatTree(b *builder) {
	k := b.sizes.K
	if k < 2 || k%2 != 0 || k > 256 {
		b.wrong("k", "write an even number from 2 to 256", "a fat tree of switches with %d ports there is not", k)
		return
	}
	half := k / 2
	full := k * half * half
	edge, aggregation := b.group("edge", true, k*half), b.group("aggregation", true, k*half)
	core := b.group("core", true, half*half)
	var pod, spine []Pair
	for p := range k {
		for e := range half {
			for a := range half {
				pod = append(pod, Pair{uint32(p*half + e), uint32(p*half + a)})
			}
		}
		for a := range half {
			for c := range half {
				spine = append(spine, Pair{uint32(p*half + a), uint32(a*half + c)})
			}
		}
	}
	b.links("pod", edge, aggregation, pod)
	b.links("spine", aggregation, core, spine)
	n := or(b.sizes.Hosts, full)
	if n > full {
		b.wrong("hosts", "", "%d hosts are more than a fat tree of %d ports has place for, %d", n, k, full)
		return
	}
	b.hosts("host", "access", n, edge, k*half)
}

func leafSpine(b *builder) {
	leaves, spines := b.sizes.Leaves, b.sizes.Spines
	if leaves > MostLinks/max(1, spines) {
		b.wrong("leaves", "", "%d leaves and %d spines have more links than can be built, %d", leaves, spines, MostLinks)
		return
	}
	leaf, spine := b.group("leaf", true, leaves), b.group("spine", true, spines)
	pairs := make([]Pair, 0, leaves*spines)
	for l := range leaves {
		for s := range spines {
			pairs = append(pairs, Pair{uint32(l), uint32(s)})
		}
	}
	b.links("spine", leaf, spine, pairs)
	b.hosts("host", "access", or(b.sizes.Hosts, leaves), leaf, leaves)
}
