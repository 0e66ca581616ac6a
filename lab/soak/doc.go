// Package soak lets users come and go for as long as one likes, and looks whether
// anything grows that should not: a server that leaks a few kilobytes for each connection
// passes every test, and dies on the tenth day.
//
// In reading order: soak.go (who comes and goes), sample.go (what is looked at),
// growth.go (what counts as growth).
package soak
