module example.com/optout

go 1.23.0

require golang.org/x/text v0.14.0

require github.com/google/go-cmp v0.7.0
