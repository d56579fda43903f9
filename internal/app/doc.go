// Package app is the wiring: it makes the rooms, hands each what it needs, and lists what the
// program consists of — tables, routes, grants, factors, facts for policy, jobs. It decides
// nothing. Adding a grant, a factor or a page is one line here.
package app
