// Package sdk is the root of Cardea's public Go module. It holds no code: import a child,
// such as sdk/verify for resource servers.
package sdk
