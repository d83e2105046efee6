import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { EXPORT, LinearMemory, memoryview, record, ReleasedError } from "linearview";
import { captureMemory, Lifetime } from "linearview/interop";
import { beforeAll, expect, test } from "vitest";
import { ADVANCES, tinyFont } from "./font.ts";

type HarfBuzz = typeof import("harfbuzzjs");

const capture = captureMemory({ filter: ({ exports }) => "hb_shape" in exports });
let hb: HarfBuzz;
let font: InstanceType<HarfBuzz["Font"]>;
let memory: LinearMemory;

beforeAll(async () => {
  hb = await import("harfbuzzjs");
  capture.stop();
  memory = LinearMemory.from(capture.target);
  font = new hb.Font(new hb.Face(new hb.Blob(tinyFont())));
});

/** Source: HarfBuzz, `hb_glyph_position_t` and `hb_glyph_info_t`; 20 bytes each. */
const POSITIONS = record({ xAdvance: "i", yAdvance: "i", xOffset: "i", yOffset: "i", own: "I" });
const INFOS = record({ codepoint: "I", mask: "I", cluster: "I", own: "2I" });

function shape(text: string): InstanceType<HarfBuzz["Buffer"]> {
  const run = new hb.Buffer();
  run.addText(text);
  run.guessSegmentProperties();
  hb.shape(font, run);
  return run;
}

/** Glyphs of a run: until it is changed, and as long as there is a view of them the run is not collected. */
function glyphsOf<F extends string>(run: InstanceType<HarfBuzz["Buffer"]>, format: F, lifetime?: Lifetime) {
  const { hb_buffer_get_glyph_infos: infos, hb_buffer_get_glyph_positions: positions } = capture.exports as any;
  const byteOffset: number = ((format as string) === INFOS ? infos : positions)(run.ptr, 0);
  const window = { source: capture.memory, byteOffset, format, shape: [run.getLength()] };
  return memoryview({ run, [EXPORT]: () => ({ ...window, ...(lifetime && { lifetime }) }) });
}
const positionsOf = (run: InstanceType<HarfBuzz["Buffer"]>, lifetime?: Lifetime) => glyphsOf(run, POSITIONS, lifetime);

const TEXT = "ABCDabcDCBA";

test("positions and infos of every glyph are the module's own, one field of all is a view of a stride", () => {
  const run = shape(TEXT);
  const [positions, infos] = [positionsOf(run), glyphsOf(run, INFOS)];
  expect(positions.toList()).toMatchObject(run.getGlyphPositions());
  expect(infos.field("codepoint").toList()).toEqual(run.getGlyphInfos().map(({ codepoint }) => codepoint));
  expect(infos.field("cluster").toList()).toEqual(run.getGlyphInfos().map(({ cluster }) => cluster));
  const advances = positions.field("xAdvance");
  expect(advances.strides).toEqual([20]);
  expect(advances.slice("3::-1").toList()).toEqual([...ADVANCES].slice(1).toReversed());
});

test("what is written, letter spacing, the module reports", () => {
  const run = shape(TEXT);
  const advances = positionsOf(run).field("xAdvance");
  advances.assign(advances.toList().map((advance: number) => advance + 50));
  expect(run.getGlyphPositions().map(({ xAdvance }) => xAdvance)).toEqual(advances.toList());
  expect(run.getGlyphPositions()[0]!.xAdvance).toBe(650);
});

test("a view goes on when HarfBuzz's malloc has grown the memory", () => {
  const run = shape(TEXT);
  const positions = positionsOf(run);
  const { buffer } = capture.memory;
  const long = shape("A".repeat(buffer.byteLength / 16));
  expect(capture.memory.buffer).not.toBe(buffer);
  expect(positions.toList()).toMatchObject(run.getGlyphPositions());
  expect(positionsOf(long).field("xAdvance").count(600)).toBe(long.getLength());
});

test("text that is added moves the glyphs: views of the run end by name", () => {
  const run = shape(TEXT);
  const lifetime = new Lifetime("mutation", { name: "the glyphs" });
  const positions = positionsOf(run, lifetime);
  const addText = lifetime.watch((text: string) => run.addText(text));
  expect(positions.field("xAdvance").get(0)).toBe(600);
  addText("A");
  expect(() => positions.get(0)).toThrow(ReleasedError);
  expect(() => positions.get(0)).toThrow("the glyphs ended with a call");
});

test("a run that nobody but its view holds is not collected under the view", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const positions = (() => positionsOf(shape(TEXT)))();
  const expected = shape(TEXT).getGlyphPositions();
  for (let i = 0; i < 5; i++) {
    collect();
    await new Promise((done) => setTimeout(done, 10));
    for (let k = 0; k < 50; k++) shape("D".repeat(11)); // would take the place
  }
  expect(positions.toList()).toMatchObject(expected);
});

test("blocks of ours come from HarfBuzz's malloc: a text without a copy in between, and all is given back", () => {
  const run = new hb.Buffer();
  memory.scope(({ alloc }) => {
    const utf8 = alloc("B", 4);
    utf8.assign(new TextEncoder().encode("ABCD"));
    (capture.exports.hb_buffer_add_utf8 as any)?.(run.ptr, utf8.byteOffset, 4, 0, 4);
    const utf16 = alloc("H", 4);
    utf16.assign([..."ABCD"].map((letter) => letter.charCodeAt(0)));
    if (run.getLength() === 0) (capture.exports.hb_buffer_add_utf16 as any)(run.ptr, utf16.byteOffset, 4, 0, 4);
  });
  run.guessSegmentProperties();
  hb.shape(font, run);
  expect(positionsOf(run).field("xAdvance").toList()).toEqual(ADVANCES.slice(1));
  expect(memory.stats().liveBlocks).toBe(0);
});

test("the font of the README is the one that the library writes", () => {
  const file = readFileSync(new URL("../../fixtures/tiny.ttf", import.meta.url));
  expect(new Uint8Array(file)).toEqual(tinyFont());
});
