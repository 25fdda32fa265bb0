interface OtherFormat {
  readonly what: string;
  readonly hint: string;
}

const formats: readonly (OtherFormat & { readonly at: number; readonly starts: string })[] = [
  {
    at: 0,
    starts: 'PK\x03\x04',
    what: 'a zip archive, such as PyTorch writes (.pt, .pt2)',
    hint: 'Export it to ONNX with torch.onnx.export.',
  },
  { at: 4, starts: 'TFL3', what: 'a TFLite model', hint: 'Convert it to ONNX with tf2onnx.' },
  { at: 0, starts: '\x89HDF', what: 'a Keras or HDF5 file', hint: 'Convert it to ONNX with tf2onnx.' },
  {
    at: 0,
    starts: '\x93NUMPY',
    what: 'a NumPy array',
    hint: 'Give the .onnx model; arrays are for --input and --calibration.',
  },
  {
    at: 0,
    starts: 'version https://git-lfs',
    what: 'a Git LFS pointer',
    hint: 'Fetch the real file with: git lfs pull',
  },
  { at: 0, starts: '\x1f\x8b', what: 'a gzip archive', hint: 'Unpack it first.' },
  { at: 0, starts: '<', what: 'an XML or HTML page', hint: 'Download the raw file.' },
  { at: 0, starts: '{', what: 'a JSON text', hint: 'Give the binary .onnx file.' },
  { at: 0, starts: 'ORTM', what: 'an ONNX Runtime .ort file', hint: 'Give the .onnx file that it was made from.' },
  { at: 4, starts: 'ORTM', what: 'an ONNX Runtime .ort file', hint: 'Give the .onnx file that it was made from.' },
];

/** Names the well-known format of a file that is not ONNX; undefined when it may be ONNX. */
export function recognizeOtherFormat(bytes: Uint8Array): OtherFormat | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64)).toString('latin1');
  return formats.find(format => start.startsWith(format.starts, format.at));
}
