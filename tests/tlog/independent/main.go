// Command independent checks folders that hold what our log serves, with golang.org/x/mod/sumdb, which is not ours:
// the code by which every Go installation checks sum.golang.org.
//
// A folder holds, under the names of the log's own addresses:
//
//	vkey                       the log's key
//	policy                     whom to believe, where there is one: its quorum must have cosigned the head
//	checkpoint                 the signed head
//	tile/<L>/<N>[.p/<W>]       tiles of that size
//	tile/entries/<N>[.p/<W>]   entry bundles, where there are some
//	entry/<i>.json             entries, each with proof/<i>.tlog-proof
//	consistency/<old>.txt      each with old/<old>, the head that was kept
//
// One line a folder: "ok <folder> …" or "refused <folder>: <why>". The exit status is 0 when it could look at all.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type folder struct {
	path     string
	verifier note.Verifier
}

func (f folder) read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(f.path, filepath.FromSlash(name)))
}

// open verifies a head and reads its three lines.
func (f folder) open(signed []byte) (tlog.Tree, error) {
	opened, err := note.Open(signed, note.VerifierList(f.verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != f.verifier.Name() || lines[3] != "" {
		return tlog.Tree{}, fmt.Errorf("a head is origin, size and root, not %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("malformed size %q", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// Height, ReadTiles and SaveTiles make the folder a tlog.TileReader; TileHashReader checks every tile against the root.
func (f folder) Height() int { return height }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(tiles))
	for place, tile := range tiles {
		data, err := f.read(ours(tile))
		if err == nil && len(data) != tile.W*tlog.HashSize {
			err = fmt.Errorf("%s holds %d bytes", ours(tile), len(data))
		}
		if err != nil {
			return nil, err
		}
		found[place] = data
	}
	return found, nil
}

// ours is the address of C2SP tlog-tiles: that of the Go checksum database without the height.
func ours(tile tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
}

// leaves reads the lowest tiles; bundles must hold the entries behind them.
func (f folder) leaves(size int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for number := int64(0); number*256 < size; number++ {
		width := size - number*256
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: height, L: 0, N: number, W: int(width)}
		data, err := f.ReadTiles([]tlog.Tile{tile})
		if err != nil {
			return nil, err
		}
		for at := 0; at < len(data[0]); at += tlog.HashSize {
			found = append(found, *(*tlog.Hash)(data[0][at : at+tlog.HashSize]))
		}
		bundle, err := f.read(strings.Replace(ours(tile), "tile/0/", "tile/entries/", 1))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		for place := number * 256; place < number*256+width; place++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return nil, fmt.Errorf("bundle %d breaks off", number)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			if tlog.RecordHash(bundle[2:2+length]) != found[place] {
				return nil, fmt.Errorf("entry %d of a bundle is not that of its tile", place)
			}
			bundle = bundle[2+length:]
		}
		if len(bundle) != 0 {
			return nil, fmt.Errorf("bundle %d holds more than its tile", number)
		}
	}
	return found, nil
}

// rootOf is RFC 6962 section 2.1 word for word; only node hashes are taken from the library.
func rootOf(leaves []tlog.Hash) tlog.Hash {
	if len(leaves) == 0 {
		return sha256.Sum256(nil)
	}
	if len(leaves) == 1 {
		return leaves[0]
	}
	split := 1
	for split*2 < len(leaves) {
		split *= 2
	}
	return tlog.NodeHash(rootOf(leaves[:split]), rootOf(leaves[split:]))
}

// hashes reads lines of base64 between a first line and an empty one, and what follows it.
func hashes(data []byte, first string) ([]tlog.Hash, []byte, error) {
	above, below, cut := strings.Cut(string(data), "\n\n")
	lines := strings.Split(above, "\n")
	if start := strings.Count(first, "\n") + 1; cut && strings.HasPrefix(above+"\n", first+"\n") {
		lines = lines[start:]
	} else {
		return nil, nil, fmt.Errorf("it does not begin with %q", first)
	}
	var found []tlog.Hash
	for _, line := range lines {
		raw, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(raw) != tlog.HashSize {
			return nil, nil, fmt.Errorf("%q is no hash", line)
		}
		found = append(found, *(*tlog.Hash)(raw))
	}
	return found, []byte(below), nil
}

func equal(some, others []tlog.Hash) bool {
	if len(some) != len(others) {
		return false
	}
	for place := range some {
		if some[place] != others[place] {
			return false
		}
	}
	return true
}

// included checks our proof of an entry, and that the library would have made the same.
func (f folder) included(name string, tree tlog.Tree, reader tlog.HashReader) error {
	index, err := strconv.ParseInt(strings.TrimSuffix(filepath.Base(name), ".tlog-proof"), 10, 64)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	proof, signed, err := hashes(data, fmt.Sprintf("c2sp.org/tlog-proof@v1\nindex %d", index))
	if err != nil {
		return err
	}
	if head, err := f.open(signed); err != nil || head != tree {
		return fmt.Errorf("the proof of %d is of another head: %v", index, err)
	}
	entry, err := f.read(fmt.Sprintf("entry/%d.json", index))
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return fmt.Errorf("entry %d: %v", index, err)
	}
	own, err := tlog.ProveRecord(tree.N, index, reader)
	if err != nil || !equal(proof, own) {
		return fmt.Errorf("entry %d: the library makes another proof: %v", index, err)
	}
	return nil
}

// continued checks our proof from a head that was kept, and that the library would have made the same.
func (f folder) continued(name string, tree tlog.Tree, reader tlog.HashReader) error {
	size := strings.TrimSuffix(filepath.Base(name), ".txt")
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	proof, signed, err := hashes(data, "old "+size)
	if err != nil {
		return err
	}
	if head, err := f.open(signed); err != nil || head != tree {
		return fmt.Errorf("the proof from %s is to another head: %v", size, err)
	}
	kept, err := f.read("old/" + size)
	if err != nil {
		return err
	}
	old, err := f.open(kept)
	if err != nil {
		return err
	}
	if old.N == 0 {
		if len(proof) != 0 || old.Hash != sha256.Sum256(nil) {
			return errors.New("from the empty log no proof is needed")
		}
		return nil
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return fmt.Errorf("from %s: %v", size, err)
	}
	own, err := tlog.ProveTree(tree.N, old.N, reader)
	if err != nil || !equal(proof, own) {
		return fmt.Errorf("from %s: the library makes another proof: %v", size, err)
	}
	return nil
}

// witness is a verifier of C2SP tlog-cosignature, which the library does not know: signature type 0x04, a timestamp
// before the signature, over "cosignature/v1", the time and the head.
type witness struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
}

func (w witness) Name() string { return w.name }

func (w witness) KeyHash() uint32 { return w.hash }

func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text)
	return ed25519.Verify(w.public, []byte(message), signature[8:])
}

func newWitness(vkey string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	hash, encoded, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != 0x04 {
		return nil, fmt.Errorf("%q is no witness", vkey)
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), raw...))
	if fmt.Sprintf("%x", sum[:4]) != hash {
		return nil, fmt.Errorf("%q has another key ID", vkey)
	}
	return witness{name, binary.BigEndian.Uint32(sum[:4]), raw[1:]}, nil
}

// believed reads a policy (C2SP tlog-policy) and says whether its quorum has cosigned the head.
func believed(policy, signed []byte) error {
	var logs, all []note.Verifier
	byKey, seen, quorum := map[string]string{}, map[string]bool{}, ""
	var groups [][]string
	for _, line := range strings.Split(string(policy), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		switch {
		case words[0] == "log" && len(words) >= 2:
			verifier, err := note.NewVerifier(words[1])
			if err != nil {
				return err
			}
			logs, all = append(logs, verifier), append(all, verifier)
		case words[0] == "witness" && len(words) >= 3:
			verifier, err := newWitness(words[2])
			if err != nil {
				return err
			}
			all, byKey[verifier.Name()] = append(all, verifier), words[1]
		case words[0] == "group" && len(words) >= 4:
			groups = append(groups, words[1:])
		case words[0] == "quorum" && len(words) == 2:
			quorum = words[1]
		default:
			return fmt.Errorf("unknown line %q", line)
		}
	}
	if _, err := note.Open(signed, note.VerifierList(logs...)); err != nil {
		return err
	}
	opened, err := note.Open(signed, note.VerifierList(all...))
	if err != nil {
		return err
	}
	for _, signature := range opened.Sigs {
		if name, known := byKey[signature.Name]; known {
			seen[name] = true
		}
	}
	for _, group := range groups {
		wanted, err := strconv.Atoi(group[1])
		if err != nil {
			return err
		}
		for _, member := range group[2:] {
			if seen[member] {
				wanted--
			}
		}
		seen[group[0]] = wanted <= 0
	}
	if quorum != "none" && !seen[quorum] {
		return errors.New("the quorum has not cosigned the head")
	}
	return nil
}

func check(path string) (string, error) {
	f := folder{path: path}
	vkey, err := f.read("vkey")
	if err != nil {
		return "", err
	}
	if f.verifier, err = note.NewVerifier(strings.TrimSpace(string(vkey))); err != nil {
		return "", err
	}
	signed, err := f.read("checkpoint")
	if err != nil {
		return "", err
	}
	tree, err := f.open(signed)
	if err != nil {
		return "", err
	}
	if policy, err := f.read("policy"); err == nil {
		if err := believed(policy, signed); err != nil {
			return "", err
		}
	}
	leaves, err := f.leaves(tree.N)
	if err != nil {
		return "", err
	}
	if root := rootOf(leaves); root != tree.Hash {
		return "", fmt.Errorf("the leaves make the root %v, the head says %v", root, tree.Hash)
	}
	reader := tlog.TileHashReader(tree, f)
	if tree.N > 0 {
		root, err := tlog.TreeHash(tree.N, reader)
		if err != nil || root != tree.Hash {
			return "", fmt.Errorf("the tiles make the root %v: %v", root, err)
		}
	}
	proofs, _ := filepath.Glob(filepath.Join(path, "proof", "*.tlog-proof"))
	for _, name := range proofs {
		if err := f.included(name, tree, reader); err != nil {
			return "", err
		}
	}
	links, _ := filepath.Glob(filepath.Join(path, "consistency", "*.txt"))
	for _, name := range links {
		if err := f.continued(name, tree, reader); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("size=%d proofs=%d consistency=%d", tree.N, len(proofs), len(links)), nil
}

func main() {
	for _, path := range os.Args[1:] {
		told, err := check(path)
		if err != nil {
			fmt.Printf("refused %s: %v\n", filepath.Base(path), err)
		} else {
			fmt.Printf("ok %s %s\n", filepath.Base(path), told)
		}
	}
}
