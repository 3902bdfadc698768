// Package experiments runs experiment files: a [language.File] becomes a [Study]
// of worlds, one for each point and replication.
//
// The way of a study: [Load] reads the file; [Run] builds a [World] for every
// point in every replication and gives them to all CPUs; each [World.Run] ends in
// an [Outcome], which holds a [Measure] for every metric path; [Study.Judge] holds
// the expectations against them; a [Folder] draws and writes what came out.
//
// A run is one thread and depends on nothing but its point, the seed and the
// number of its replication. So results are the same bytes whatever the number of
// workers. At the end of each run the world's books are held against each other;
// if they do not balance, the run fails with a [RunError].
package experiments
