// Package report writes what experiments found as one page of HTML that needs
// nothing else: no network, no other file.
//
// A page says what was asked, whether it came out as expected, how sure that is,
// and how to repeat it. It can be read on a phone, in the dark, by keyboard, with a
// screen reader and on paper. Several results stand side by side, with what
// differs between them.
package report
