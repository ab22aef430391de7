module example.com/optout/bench

go 1.26.0

replace example.com/optout => ..

require example.com/optout v0.0.0

require (
	github.com/TwiN/go-away v1.6.13
	golang.org/x/text v0.43.0
)
