package server

// Reply is how every handler answers.
var Reply = reply
