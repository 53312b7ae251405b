package embedded

import (
	"bufio"
	"compress/bzip2"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/ClickHouse/ch-go/compress"
	"github.com/andybalholm/brotli"
	kgzip "github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	kzlib "github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// decodeBody undoes a request's Content-Encoding. What it cannot decode it
// refuses: an encoded body would be taken for a query.
func decodeBody(body io.Reader, encoding string) (io.Reader, error) {
	encodings := strings.Split(encoding, ",")
	// Encodings are listed in the order in which they were applied.
	for i := len(encodings) - 1; i >= 0; i-- {
		var err error
		name := strings.ToLower(strings.TrimSpace(encodings[i]))
		switch name {
		case "", "identity":
			continue
		case "gzip", "x-gzip":
			body, err = gzip.NewReader(body)
		case "deflate":
			body, err = inflate(body)
		case "br":
			body = brotli.NewReader(body)
		case "zstd":
			var d *zstd.Decoder
			if d, err = zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20)); err == nil {
				body = d.IOReadCloser()
			}
		case "lz4":
			body = lz4.NewReader(body)
		case "snappy":
			body = snappy.NewReader(body)
		case "bz2":
			body = bzip2.NewReader(body)
		default:
			return nil, newException(codeUnknownCompression, "Unknown compression method %s of the request's body: use gzip, deflate, br, zstd, lz4, snappy or bz2", quoteString(name))
		}
		if errors.Is(err, io.EOF) {
			return strings.NewReader(""), nil // an empty body, whatever its encoding
		}
		if err != nil {
			return nil, newException(codeCannotDecompress, "The request's body is not %s: %v", name, err)
		}
	}
	return body, nil
}

// inflate reads "deflate", by which most mean a zlib stream and some a bare
// one.
func inflate(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(2)
	if err != nil {
		return nil, err
	}
	if head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

// blockReader reads ClickHouse's own compressed blocks (decompress=1).
type blockReader struct {
	in    *bufio.Reader
	inner *compress.Reader
}

func newBlockReader(r io.Reader) *blockReader {
	b := bufio.NewReaderSize(r, 64<<10)
	return &blockReader{in: b, inner: compress.NewReader(b)}
}

// Read ends with io.EOF only between two blocks.
func (b *blockReader) Read(p []byte) (int, error) {
	n, err := b.inner.Read(p)
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return n, io.EOF
	}
	var inner *exception
	if errors.As(err, &inner) {
		return n, inner
	}
	return n, newException(codeCannotDecompress, "The request's body is not in ClickHouse's compressed blocks (decompress=1): %v", err)
}

// flushWriter is a compressor: flushed after each block, closed at the end.
type flushWriter interface {
	io.WriteCloser
	Flush() error
}

// acceptedEncoding picks the encoding of an answer from Accept-Encoding, in
// ClickHouse's order of preference.
func acceptedEncoding(accept string) string {
	offered := map[string]bool{}
	for part := range strings.SplitSeq(accept, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if v, ok := strings.CutPrefix(strings.TrimSpace(q), "q="); ok {
			if f, err := strconv.ParseFloat(v, 64); err == nil && f == 0 {
				continue
			}
		}
		offered[strings.ToLower(strings.TrimSpace(name))] = true
	}
	for _, e := range []string{"br", "lz4", "snappy", "gzip", "deflate", "zstd"} {
		if offered[e] {
			return e
		}
	}
	return ""
}

// encodeAnswer compresses what is written to w. level is ClickHouse's
// http_zlib_compression_level.
func encodeAnswer(w io.Writer, encoding string, level int) (flushWriter, error) {
	switch encoding {
	case "br":
		return brotli.NewWriterLevel(w, min(max(level, 0), 11)), nil
	case "gzip":
		return kgzip.NewWriterLevel(w, min(max(level, 1), 9))
	case "deflate":
		return kzlib.NewWriterLevel(w, min(max(level, 1), 9))
	case "zstd":
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(max(level, 1))))
	case "lz4":
		return lz4.NewWriter(w), nil
	case "snappy":
		return snappy.NewBufferedWriter(w), nil
	}
	return nil, newException(codeUnknownCompression, "Unknown compression method %s", quoteString(encoding))
}

// blockWriter writes ClickHouse's own compressed blocks (compress=1).
type blockWriter struct {
	out   io.Writer
	inner *compress.Writer
	buf   []byte
}

// compressedBlock is how much goes into one block, as in ClickHouse.
const compressedBlock = 1 << 20

func newBlockWriter(w io.Writer, method string) (*blockWriter, error) {
	m := compress.LZ4
	switch strings.ToUpper(strings.Trim(method, "'")) {
	case "", "LZ4":
	case "LZ4HC":
		m = compress.LZ4HC
	case "ZSTD":
		m = compress.ZSTD
	case "NONE":
		m = compress.None
	default:
		return nil, newException(codeUnknownCompression, "Unknown compression method %s in network_compression_method: use LZ4, LZ4HC, ZSTD or NONE", quoteString(method))
	}
	return &blockWriter{out: w, inner: compress.NewWriter(compress.LevelZero, m)}, nil
}

func (b *blockWriter) Write(p []byte) (int, error) {
	b.buf = append(b.buf, p...)
	for len(b.buf) >= compressedBlock {
		if err := b.emit(compressedBlock); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func (b *blockWriter) emit(n int) error {
	if err := b.inner.Compress(b.buf[:n]); err != nil {
		return err
	}
	b.buf = append(b.buf[:0], b.buf[n:]...)
	_, err := b.out.Write(b.inner.Data)
	return err
}

// Flush writes what there is as a block.
func (b *blockWriter) Flush() error {
	if len(b.buf) == 0 {
		return nil
	}
	return b.emit(len(b.buf))
}

// Close flushes.
func (b *blockWriter) Close() error { return b.Flush() }
