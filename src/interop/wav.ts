import { FormatError, UnsupportedError } from "../errors.ts";
import type { MemoryView } from "../view/memory-view.ts";
import type { BufferOf, MemorySource } from "../view/memoryview.ts";
import { readFile } from "./reading.ts";

/** How a sample is stored, as the operations of `linearview/audio` name it. */
export type Encoding = "u8" | "i16" | "i24" | "i32" | "f" | "d" | "alaw" | "mulaw";

/** The header of a WAV file, and its samples where they are. */
export interface Wav<B extends ArrayBufferLike = ArrayBufferLike> {
  channels: number;
  /** In Hz. */
  sampleRate: number;
  /** As the header has it: 20 for samples of 20 bits in 3 bytes. */
  bitsPerSample: number;
  frames: number;
  encoding: Encoding;
  /** `[frames, channels]` of `B h i f d`; of `"i24"` `[frames, channels, 3]` of `B`. */
  samples: MemoryView<number, B>;
}

/** Encodings by format tag and bytes per sample, and how an item of each is read. */
const ENCODINGS: Readonly<Record<string, readonly [Encoding, format: string]>> = {
  "1,1": ["u8", "B"],
  "1,2": ["i16", "h"],
  "1,3": ["i24", "B"],
  "1,4": ["i32", "i"],
  "3,4": ["f", "f"],
  "3,8": ["d", "d"],
  "6,1": ["alaw", "B"],
  "7,1": ["mulaw", "B"],
};
/** Tag, channels, rate, bytes of a frame, bits of a sample; extended, the tag that counts and the rest of its GUID. */
const FMT = "HHI4xHH8xH14s";
const PCM = 1;
const EXTENSIBLE = 0xfffe;
/** Behind the format tag in a GUID: xxxx0000-0000-0010-8000-00aa00389b71. */
const GUID = "\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";
/** Of a size: not known, or in the `ds64` chunk. */
const UNKNOWN = 0xffffffff;
/** Before the samples; files have some ten. */
const MAX_CHUNKS = 1000;

const OPERATION = "readWav";

/**
 * The samples of a WAV file as a view of the file's own bytes, no copy: what is written through it is in the file.
 * RIFF and RF64; PCM of 8, 16, 24 and 32 bits, float of 32 and 64, A-law and µ-law, also as `WAVE_FORMAT_EXTENSIBLE`.
 *
 * A file that was streamed, or cut off, does not know how long it is: a data size of 0xffffffff or beyond the end of the
 * file means what is there, and so does 0, unless the RIFF chunk goes on behind the data. Only whole frames count.
 *
 * Source: Multimedia Programming Interface and Data Specifications 1.0 (RIFF), Microsoft `WAVEFORMATEXTENSIBLE`,
 * EBU Tech 3306 (RF64).
 *
 * @example
 * const { samples, sampleRate } = readWav(bytes);
 * const left = samples.slice("..., 0");
 * @throws UnsupportedError for another kind of file or encoding, FormatError for a header that contradicts itself,
 * BoundsError when the file ends before its samples.
 */
export function readWav<S extends MemorySource>(source: S): Wav<BufferOf<S>> {
  return readFile(source, OPERATION, ({ size, values, need, view }) => {
    const [riff, riffSize, wave] = values("4sI4s", 0);
    if (!["RIFF", "RF64", "BW64"].includes(riff) || wave !== "WAVE") {
      throw new UnsupportedError(OPERATION, "the bytes do not begin as a WAV file", "pass a RIFF or RF64 file");
    }
    let header = values(FMT, size); // zeros
    let headerSize = 0;
    let long: bigint[] = [];
    let start = 12;
    let length = 0;
    for (let chunks = 0, id = ""; id !== "data"; chunks++) {
      start += length + (length % 2); // chunks begin at even bytes
      need(start + 8, "the head of the data chunk");
      if (chunks === MAX_CHUNKS)
        throw new UnsupportedError(OPERATION, `more than ${MAX_CHUNKS} chunks, and no samples`);
      [id, length] = values("4sI", start) as [string, number];
      start += 8;
      if (id === "ds64" && length >= 16) long = values("QQ", start);
      if (id === "fmt ") [header, headerSize] = [values(FMT, start), length];
    }

    const [format, channels, sampleRate, frameSize, bitsPerSample, inner, guid] = header;
    if (headerSize < 16 || channels === 0 || sampleRate === 0) {
      const problem = `a fmt chunk of ${headerSize} bytes has ${channels} channels at ${sampleRate} Hz`;
      throw new FormatError(OPERATION, problem, "16 bytes and some of both are needed");
    }
    const tag = format === EXTENSIBLE && headerSize >= 40 && guid === GUID ? inner : format;
    const sampleSize = frameSize / channels;
    const found = ENCODINGS[[tag, sampleSize].join()];
    if (!found || (tag === PCM ? Math.ceil(bitsPerSample / 8) * 8 : bitsPerSample) !== sampleSize * 8) {
      const problem = `format ${tag}: ${bitsPerSample} bits, ${channels} channels, frames of ${frameSize} bytes`;
      throw new UnsupportedError(OPERATION, problem, "convert it to PCM or float");
    }

    /** A size of 32 bits, or of 64 in the `ds64` chunk. */
    const sizeOf = (short: number, k: number): number => (short === UNKNOWN ? Number(long[k] ?? Infinity) : short);
    const end = 8 + sizeOf(riffSize, 0);
    const goesOn = end > start && end < Infinity;
    const nbytes = sizeOf(length, 1) || (goesOn ? 0 : Infinity);
    const frames = Math.floor(Math.min(nbytes, size - start) / frameSize);
    const [encoding, code] = found;
    const samples = view(code, start, encoding === "i24" ? [frames, channels, 3] : [frames, channels]);
    return { channels, sampleRate, bitsPerSample, frames, encoding, samples };
  });
}
