// Package encoder runs a small transformer over texts: what the deep tier of
// the analysis stands on. A text goes through these steps:
//
//  1. Clean undoes escapes and entities, replaces links and user names, and
//     puts emoji into words (clean.go)
//  2. WordPiece.Append cuts the cleaned text into pieces of the vocabulary, as
//     BERT's uncased tokenizer does (wordpiece.go, words.go)
//  3. Shorten keeps as many pieces as the model takes, and WordPiece.IDs frames
//     them with [CLS] and [SEP]
//  4. Session.Run has ONNX Runtime compute the model's outputs (session.go)
//
// Pieces and cleaned texts keep byte offsets into the text as given.
//
// ONNX Runtime is a shared library, called without cgo. It is not part of the
// program: FindLibrary finds it, `make onnxruntime` fetches it.
package encoder
