import { memoryview, pack, record } from "linearview";

/** Units of an em, and the widths of the glyphs: none, `A`, `B`, `C` and so on. */
export const EM = 1000;
export const ADVANCES = [500, 600, 650, 700, 350] as const;

const GLYPHS = ADVANCES.length;
const FIRST = "A".charCodeAt(0);
const LAST = FIRST + GLYPHS - 2;

/** Table directory entry. Source: OpenType 1.9.1, "OpenType font file", as are all tables here. */
const ENTRY = record({ tag: ">4s", checksum: ">I", offset: ">I", length: ">I" }, { align: "packed" });
const METRIC = record({ advance: ">H", bearing: ">h" }, { align: "packed" });

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

function metrics(): Uint8Array {
  const view = memoryview(new Uint8Array(GLYPHS * 4), { format: METRIC, shape: GLYPHS });
  view.field("advance").assign([...ADVANCES]);
  return view.toBytes();
}

/** The least that shapes: empty outlines, one width for each glyph, capitals from `A`. */
export function tinyFont(): Uint8Array<ArrayBuffer> {
  // One segment of characters and the one that ends the list, format 4 for the basic plane.
  const segments = pack(">8H4H2h2H", 4, 32, 0, 4, 4, 1, 0, LAST, 0xffff, 0, FIRST, 0xffff, 1 - FIRST, 1, 0, 0);
  const tables: Record<string, Uint8Array> = {
    cmap: Uint8Array.of(...pack(">4HI", 0, 1, 3, 1, 12), ...segments),
    glyf: new Uint8Array(4),
    head: pack(">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5f0f3cf5, 0, EM, 0n, 0n, 0, 0, 0, 0, 0, 8, 2, 0, 0),
    hhea: pack(">IhhhH22xH", 0x10000, 800, -200, 0, Math.max(...ADVANCES), GLYPHS),
    hmtx: metrics(),
    loca: new Uint8Array((GLYPHS + 1) * 2),
    maxp: pack(">IH26x", 0x10000, GLYPHS),
  };
  const names = Object.keys(tables);
  const head = 12 + 16 * names.length;
  const font = new Uint8Array(names.reduce((bytes, name) => bytes + padded(tables[name]!.length), head));
  font.set(pack(">I4H", 0x10000, names.length, 64, 2, names.length * 16 - 64));
  const directory = memoryview(font, { byteOffset: 12, format: ENTRY, shape: names.length });
  let offset = head;
  names.forEach((tag, i) => {
    const table = tables[tag]!;
    font.set(table, offset);
    const words = memoryview(font, { byteOffset: offset, format: ">I", shape: padded(table.length) / 4 });
    const checksum = words.toList().reduce((sum, word) => (sum + word) >>> 0, 0);
    directory.set(i, { tag, checksum, offset, length: table.length });
    offset += padded(table.length);
  });
  return font;
}
