/** Records: made by `record`, and their fields as views. */
import { type ItemOf, LinearMemory, memoryview, type MemoryView, record } from "linearview";
import { typeOf } from "./support.ts";

const memory = LinearMemory.create();
type Row = [number, number, number];

// ---- record ----------------------------------------------------------------------------------------------------------

const particle = record({ id: "I", pos: "(3)f", tag: "8s" });
const particles = memory.alloc(particle, 1000);
type Particle = { id: number; pos: Row; tag: Uint8Array };
typeOf(particles.get(0)).is<Particle>();
typeOf(particles.toList()).is<Particle[]>();
typeOf(null as unknown as ItemOf<typeof particle>).is<Particle>();
for (const each of particles) typeOf(each).is<Particle>();
export const written: string = particle; // it stands wherever a text does

const pairs = record([["first name", "8s"], ["id", "<q"]], { align: "packed" }); // prettier-ignore
typeOf(memory.alloc(pairs, 1).get(0)).is<{ "first name": Uint8Array; id: bigint }>();

const nested = record({ head: particle, flag: "?", edge: record([["at", "2d"], ["z", ">Zf"]]) }); // prettier-ignore
type Nested = { head: Particle; flag: boolean; edge: { at: [number, number]; z: [number, number] } };
typeOf(memory.alloc(nested, [2, 2]).get(0, 0)).is<Nested>();
typeOf(memoryview(new ArrayBuffer(64), { format: nested }).get(0).edge.at[1]).is<number>();
typeOf(memory.alloc(record({ inner: "T{B:r:B:g:}" }), 1).get(0)).is<{ inner: { r: number; g: number } }>();

declare const format: string;
typeOf(memory.alloc(record({ known: "?", open: format }), 1).get(0)).is<{ known: boolean; open: any }>();
declare const fields: Record<string, string>;
typeOf(memory.alloc(record(fields), 1).get(0)).is<{ [name: string]: any }>();
declare const list: [string, string][];
typeOf(memory.alloc(record(list), 1).get(0)).is<{ [name: string]: any }>();
// @ts-expect-error a format is a text
record({ id: 4 });
// @ts-expect-error a pair has a name and a format
record([["id"]]);
// @ts-expect-error fields are placed as C does, or packed
record({ id: "I" }, { align: "natural" });

const twenty = record({ a: "I", b: "I", c: "I", d: "I", e: nested, f: "(3)f", g: "(4,4)d", h: "q", i: "Q", j: "?", k: "c", l: "8s", m: "F", n: "e", o: "b", p: "B", q: nested, r: "2T{B:x:}", s: "l", t: "P" }); // prettier-ignore
typeOf(memory.alloc(twenty, 1).get(0).q.head.pos).is<Row>();
typeOf(memory.alloc(twenty, 1).get(0).r[1].x).is<number>();

// ---- fields ----------------------------------------------------------------------------------------------------------

typeOf(particles.field("id")).is<MemoryView<number, ArrayBuffer, 1, "I">>();
typeOf(particles.field("pos")).is<MemoryView<number, ArrayBuffer, 2, "f">>(); // a sub-array comes after
typeOf(particles.field("tag")).is<MemoryView<Uint8Array, ArrayBuffer, 1, "8s">>();
typeOf(particles.field("pos").copy()).is<Float32Array<ArrayBuffer>>();
typeOf(particles.slice([0, 10]).field("pos").get(0, 2)).is<number>();
typeOf(particles.field("pos").slice([], 0).toList()).is<number[]>();
typeOf(memory.alloc(nested, [2, 2]).field("head").field("pos").get(0, 0, 2)).is<number>();
typeOf(memory.alloc(nested, 2).field("edge").get(0)).is<{ at: [number, number]; z: [number, number] }>();
typeOf(memory.alloc(nested, 2).field("edge").field("z")).is<MemoryView<[number, number], ArrayBuffer, 1, ">F">>();
typeOf(memory.alloc(twenty, 1).field("g").shape).is<readonly [number, number, number]>();
typeOf(memory.alloc(twenty, 1).field("r").field("x").shape).is<readonly [number, number]>(); // through sub-arrays
typeOf(memory.alloc("T{<I:id:(3)>f:pos:}", 2).field("pos")).is<MemoryView<number, ArrayBuffer, 2, ">f">>();
typeOf(memory.alloc("T{T{q:at:}:in:}", 2).field("in").field("at").get(0)).is<bigint>();
typeOf(memory.alloc("I:id:?:on:", 2).field("on").get(0)).is<boolean>();
typeOf(memory.alloc("T{s:c:}", 2).field("c").format).is<"1s">();
// @ts-expect-error there is no such field
particles.field("position");
typeOf(memory.alloc(format, 1).field("any").get(0)).is<any>(); // not known

typeOf(particles.fields(["pos", "id"]).get(0)).is<{ id: number; pos: Row }>();
typeOf(particles.fields(["pos", "id"]).field("pos").get(0, 0)).is<number>();
// @ts-expect-error there is no such field
particles.fields(["id", "position"]);
declare const names: ("id" | "tag")[];
typeOf(particles.fields(names).ndim).is<1>();

// ---- parts of complex numbers ------------------------------------------------------------------------------------------

const waves = memory.alloc("F", [2, 3]);
typeOf(waves.real()).is<MemoryView<number, ArrayBuffer, 2, "f">>();
typeOf(waves.imag().toList()).is<number[][]>();
typeOf(memory.alloc("Zd", 1).imag()).is<MemoryView<number, ArrayBuffer, 1, "d">>();
typeOf(memory.alloc(">D", 1).real()).is<MemoryView<number, ArrayBuffer, 1, ">d">>();
typeOf(memory.alloc("d", 1).real()).is<MemoryView<number, ArrayBuffer, 1, "d">>(); // its own

// ---- cursors ---------------------------------------------------------------------------------------------------------

const cursor = particles.cursor();
cursor.id = 5;
typeOf(cursor.moveTo(3).pos).is<Row>();
// @ts-expect-error a field is of its type
cursor.id = "5";
// @ts-expect-error there is no such field
export const position = cursor.position;
