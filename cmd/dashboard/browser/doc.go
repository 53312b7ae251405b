// Package browser looks at the dashboard in Chromium, as a person would who has
// a screen of some width, light or dark, with or without scripts, a mouse or
// only a keyboard, or a program that reads pages aloud.
//
// Everything else here are tests with the build tag integration. They start
// bin/earshot with a simulated company, and one Chromium, in which every test
// has a tab of its own. Whatever goes wrong in a tab fails its test, whether or
// not the test looks at it: see troubles. Pages are listed in pages_test.go; a
// page that is added there is tested in every way.
//
// `make test-integration` runs them. `make screenshots` draws the pictures in
// deploy/screenshots anew.
package browser
