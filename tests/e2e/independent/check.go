// Judges what moot wrote with code that is not ours: reads the document of `moot proof RECORD --json`, with the vkey of the log put
// into it, from standard input, and prints "ok" or what is wrong.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
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
	signed, err := note.Open([]byte(document.Checkpoint), note.VerifierList(verifier))
	if err != nil {
		return err
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
