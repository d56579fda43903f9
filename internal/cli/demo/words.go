package demo

import (
	"crypto/rand"
	"math/big"
	"strings"
)

// words make passwords that a person can type: 128 words, 7 bits each.
var words = strings.Fields(`
acorn amber anchor apple april arrow aspen atlas bagel bamboo basil beach berry birch bison blanket
brass bread breeze brick bridge brook butter cabin candle canyon carrot cedar cherry chestnut cinnamon clover
coast cobalt comet copper coral cotton cricket crystal daisy delta desert dolphin ember engine falcon feather
fern fiddle field forest fossil fountain foxglove galaxy garden ginger glacier granite grape guitar hammock harbor
harvest hazel heron hickory honey horizon island ivory jasmine jigsaw juniper kettle lagoon lantern lavender lemon
lilac linen lobster magnet mango maple marble meadow melon mirror mosaic mountain nectar nutmeg ocean olive
orchid otter paddle papaya parrot peach pebble pepper pine planet plum pocket poppy prairie pumpkin quartz
rabbit raven ribbon river rocket saddle saffron sailor salmon shadow silver sparrow spruce summer sunset teapot`)

// passphrase is five random words: 35 bits, enough for minutes on loopback behind throttling.
func passphrase() (string, error) {
	picked := make([]string, 5)
	for i := range picked {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(words))))
		if err != nil {
			return "", err
		}
		picked[i] = words[n.Int64()]
	}
	return strings.Join(picked, "-"), nil
}
