// Judges what moot wrote with code that is not ours: reads the document of `moot proof RECORD --json`, with the vkey of the log put
// into it, from standard input, and prints "ok" or what is wrong.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proof struct {
	Organisation string
	Vkey         string
	Entry        int64
	Size         int64
	Root         string
	Leaf         string
	LeafHash     string `json:"leaf_hash"`
	Hashes       []string
	Checkpoint   string
	Witness      string // vkey of a node that must have cosigned; empty: none
}

// cosigner verifies C2SP cosignature/v1, which sumdb/note leaves to its users.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("not a vkey: %q", vkey)
	}
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		return nil, fmt.Errorf("not the key of a cosigner: %q", vkey)
	}
	return &cosigner{parts[0], uint32(hash), key[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), text)
	return ed25519.Verify(c.key, []byte(message), signature[8:])
}

func hashOf(text string) (hash tlog.Hash, err error) {
	bytes, err := base64.StdEncoding.DecodeString(text)
	if err == nil && len(bytes) != len(hash) {
		err = fmt.Errorf("a hash of %d bytes", len(bytes))
	}
	copy(hash[:], bytes)
	return hash, err
}

func check(document proof) error {
	verifier, err := note.NewVerifier(document.Vkey)
	if err != nil {
		return err
	}
	verifiers := []note.Verifier{verifier}
	if document.Witness != "" {
		witness, err := newCosigner(document.Witness)
		if err != nil {
			return err
		}
		verifiers = append(verifiers, witness)
	}
	signed, err := note.Open([]byte(document.Checkpoint), note.VerifierList(verifiers...))
	if err != nil {
		return err
	}
	if len(signed.Sigs) != len(verifiers) {
		return fmt.Errorf("%d signatures of %d hold", len(signed.Sigs), len(verifiers))
	}
	lines := strings.Split(signed.Text, "\n")
	if lines[0] != "moot/log/"+document.Organisation || lines[1] != fmt.Sprint(document.Size) || lines[2] != document.Root {
		return fmt.Errorf("the checkpoint is of something else: %q", signed.Text)
	}
	leaf, err := base64.StdEncoding.DecodeString(document.Leaf)
	if err != nil {
		return err
	}
	leafHash, err := hashOf(document.LeafHash)
	if err != nil {
		return err
	}
	if tlog.RecordHash(leaf) != leafHash {
		return fmt.Errorf("the leaf does not hash to leaf_hash")
	}
	root, err := hashOf(document.Root)
	if err != nil {
		return err
	}
	var path tlog.RecordProof
	for _, text := range document.Hashes {
		hash, err := hashOf(text)
		if err != nil {
			return err
		}
		path = append(path, hash)
	}
	return tlog.CheckRecord(path, document.Size, root, document.Entry, leafHash)
}

func main() {
	var document proof
	if err := json.NewDecoder(os.Stdin).Decode(&document); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	if err := check(document); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ok")
}
