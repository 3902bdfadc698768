// Package plots turns tables into figures that can be printed as they are.
//
// A [Figure] holds panels of series and is drawn as levels over time,
// distributions, lines with confidence bars or groups of bars. A [Ladder] holds
// the segments between hosts and is drawn with time running downward, or
// written as plain text. [States] is the state diagram of RFC 9293 with how often each way was gone. All save PNG (300 dpi), SVG and PDF, and beside them a
// CSV with all that is drawn. The package is pure: the same data give the same
// bytes on one architecture.
//
// A figure is first laid out as a drawing, a list of strokes, fills and texts in
// points, and then encoded in each format. Nothing is drawn over data but theory:
// legends stand in a strip of their own, axis ranges hold every point, and the
// size of every text is measured before its place is chosen.
//
// Colours are those of Okabe and Ito ("Color Universal Design", 2008), and every
// series has a dash pattern of its own, so that a figure survives a grey
// printer. Theory is thin, black and dashed, on top.
package plots
