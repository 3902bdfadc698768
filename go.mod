module netsim

go 1.26
