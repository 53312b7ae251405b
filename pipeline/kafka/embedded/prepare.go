package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/twmb/franz-go/pkg/kfake"
)

// prepare mends what a crash may have left in dir, where the engine would not,
// and writes the snapshots that the crash left out.
//
// The engine's logs of groups and producers are entries one after the other.
// It reads one up to the first entry that is damaged, but goes on writing
// behind the damage, so that after a second crash every offset committed since
// the first would be forgotten. Cutting the damage off first prevents that.
func prepare(ctx context.Context, dir string, log kfake.Logger) error {
	for _, name := range []string{"groups.log", "pids.log"} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := cutDamage(filepath.Join(dir, name), log); err != nil {
			return fmt.Errorf("mending %s: %w", name, err)
		}
	}
	return writeSnapshots(ctx, dir)
}

// cutDamage shortens the log at path to its intact entries.
func cutDamage(path string, log kfake.Logger) error {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	intact := intactBytes(raw)
	if intact == len(raw) {
		return nil
	}
	log.Logf(kfake.LogLevelWarn, "persist %s: cutting off %d damaged bytes", filepath.Base(path), len(raw)-intact)
	return os.Truncate(path, int64(intact))
}

// intactBytes is the length of the intact entries at the beginning of raw. An
// entry is its length and its CRC-32C, both little-endian, and that many bytes
// of which the first two are a version.
func intactBytes(raw []byte) int {
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	pos := 0
	for len(raw)-pos >= 8 {
		length := int64(binary.LittleEndian.Uint32(raw[pos:]))
		end := int64(pos) + 8 + length
		if length < 2 || end > int64(len(raw)) {
			break
		}
		if crc32.Checksum(raw[pos+8:end], castagnoli) != binary.LittleEndian.Uint32(raw[pos+4:]) {
			break
		}
		pos = int(end)
	}
	return pos
}

// forgetSequences removes the sequence numbers of idempotent producers that
// the last orderly stop wrote, once they were read. After a crash they would
// be out of date, and a producer that went on since then would be refused for
// good.
func forgetSequences(dir string) error {
	err := os.Remove(filepath.Join(dir, "seq_windows.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
