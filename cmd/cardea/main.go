// Command cardea is the identity and access server and its command line in one binary.
package main

func main() {}
