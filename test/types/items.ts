/** The item that a format text describes. */
import { type ItemOf, LinearMemory } from "linearview";
import { type Equal, rule, typeOf } from "./support.ts";

// ---- one code --------------------------------------------------------------------------------------------------------

type Integers = "b" | "B" | "h" | "H" | "i" | "I" | "l" | "L" | "n" | "N" | "P";
rule<"integers up to 32 bits, and addresses, are numbers", Equal<ItemOf<Integers>, number>>();
rule<"floats are numbers, halves too", Equal<ItemOf<"e" | "f" | "d">, number>>();
rule<"64-bit integers are bigints", Equal<ItemOf<"q" | "Q">, bigint>>();
rule<"? is a boolean", Equal<ItemOf<"?">, boolean>>();
rule<"c is a string", Equal<ItemOf<"c">, string>>();
rule<"complex numbers are pairs", Equal<ItemOf<"F" | "D">, [number, number]>>();
rule<"NumPy's names of complex numbers are understood", Equal<ItemOf<"Zf" | "Zd">, [number, number]>>();
rule<"s is bytes, whatever their count", Equal<ItemOf<"s" | "8s" | "300s">, Uint8Array>>();
rule<"p is bytes", Equal<ItemOf<"8p">, Uint8Array>>();

// ---- byte order, blanks, padding -----------------------------------------------------------------------------------

rule<"a mark of byte order changes nothing", Equal<ItemOf<"@h" | "=h" | "<h" | ">h" | "!h">, number>>();
rule<"a mark before a bigint", Equal<ItemOf<"<q">, bigint>>();
rule<"a mark before a complex number", Equal<ItemOf<">F" | ">Zd">, [number, number]>>();
rule<"blanks are skipped", Equal<ItemOf<" f ">, number>>();
rule<"padding is no value", Equal<ItemOf<"x3xHx">, number>>();

// ---- several values -------------------------------------------------------------------------------------------------

rule<"a count makes a tuple", Equal<ItemOf<"3h">, [number, number, number]>>();
rule<"a count of 1 does not", Equal<ItemOf<"1h">, number>>();
rule<"a count of 0 is no value", Equal<ItemOf<"0hq">, bigint>>();
rule<"a count above 16 makes an array", Equal<ItemOf<"17h">, number[]>>();
rule<"several codes are a tuple in their order", Equal<ItemOf<"<Hq?">, [number, bigint, boolean]>>();
rule<"bytes among them are one value", Equal<ItemOf<"<4s2H">, [Uint8Array, number, number]>>();

// ---- sub-arrays -----------------------------------------------------------------------------------------------------

type Row = [number, number, number];
rule<"(3)f is an array of three", Equal<ItemOf<"(3)f">, Row>>();
rule<"(2,3)f is nested, the last length innermost", Equal<ItemOf<"(2,3)f">, [Row, Row]>>();
rule<"(1)f stays an array", Equal<ItemOf<"(1)f">, [number]>>();
rule<"a count in a sub-array is its last length", Equal<ItemOf<"(2)3f">, [Row, Row]>>();
rule<"the mark may stand on either side of the lengths", Equal<ItemOf<"<(3)f" | "(3)<f">, Row>>();
rule<"long lengths make arrays", Equal<ItemOf<"(4,1000)B">, [number[], number[], number[], number[]]>>();
rule<"pairs in a sub-array", Equal<ItemOf<"(2)Zf">, [[number, number], [number, number]]>>();
rule<"bytes in a sub-array", Equal<ItemOf<"(2)4s">, [Uint8Array, Uint8Array]>>();
rule<"several sub-arrays are a tuple", Equal<ItemOf<"(3)f(1)q">, [Row, [bigint]]>>();

// ---- records --------------------------------------------------------------------------------------------------------

rule<"a record is an object", Equal<ItemOf<"T{I:id:(3)f:pos:}">, { id: number; pos: Row }>>();
rule<"a mark stays in force, and changes within", Equal<ItemOf<"T{<I:id:>q:at:(3)<f:pos:}">, { id: number; at: bigint; pos: Row }>>(); // prettier-ignore
rule<"records nest", Equal<ItemOf<"T{B:a:T{?:b:T{c:d:}:e:}:f:}">, { a: number; f: { b: boolean; e: { d: string } } }>>(); // prettier-ignore
rule<"a sub-array of records", Equal<ItemOf<"T{(2)T{B:r:q:g:}:ends:}">["ends"][1], { r: number; g: bigint }>>();
rule<"a count makes a sub-array", Equal<ItemOf<"T{3B:rgb:1B:a:8s:name:}">, { rgb: Row; a: number; name: Uint8Array }>>(); // prettier-ignore
rule<"padding is no field", Equal<ItemOf<"T{B:a:3xI:b:4x}">, { a: number; b: number }>>();
rule<"padding with a name is one", Equal<ItemOf<"T{3x:gap:B:a:}">, { gap: Uint8Array; a: number }>>();
rule<"fields without a name are f0, f1", Equal<ItemOf<"T{Bq:at:?}">, { f0: number; at: bigint; f1: boolean }>>();
rule<"names are any text", Equal<ItemOf<"T{B:größe in m:f:T{:}">, { "größe in m": number; "T{": number }>>();
rule<"names without braces are a record too", Equal<ItemOf<"<I:id:f:x:">, { id: number; x: number }>>();
rule<"records one after the other are a tuple", Equal<ItemOf<"T{B:a:}T{q:b:}">[1], { b: bigint }>>();

// ---- what is not known -----------------------------------------------------------------------------------------------

rule<"a text that is not a literal is any", Equal<ItemOf<string>, any>>();
rule<"a text of type any is any", Equal<ItemOf<any>, any>>();
rule<"bad texts are any: the error comes at run time", Equal<[ItemOf<"y">, ItemOf<"">, ItemOf<"T{y}">, ItemOf<"T{B:a:">, ItemOf<"Zq">], [any, any, any, any, any]>>(); // prettier-ignore
rule<"a choice of formats is a choice of items", Equal<ItemOf<"B" | "q">, number | bigint>>();

// ---- long texts are understood quickly -------------------------------------------------------------------------------

type Thirty = ItemOf<"<bBhHiIlLqQefd?cbBhHiIlLqQefd?c">;
rule<"thirty codes", Equal<Thirty["length"], 30>>();
rule<"the last of thirty codes", Equal<Thirty[29], string>>();
type Twenty = ItemOf<"T{<I:a:<I:b:<I:c:<I:d:<I:e:(3)<f:f:(3)<f:g:T{<q:x:<q:y:T{<B:r:<B:g:<B:b:}:color:}:h:<I:i:<I:j:<I:k:<I:l:<I:m:<I:n:(4,4)<d:o:<I:p:<I:q:<I:r:<I:s:8s:t:}">; // prettier-ignore
rule<"twenty fields", Equal<Twenty["t"], Uint8Array>>();
rule<"a field of a record in a record among them", Equal<Twenty["h"]["color"]["g"], number>>();
rule<"a matrix among them", Equal<Twenty["o"][3][3], number>>();

// ---- reading and writing -----------------------------------------------------------------------------------------------

const memory = LinearMemory.create();
const bytes = memory.alloc("B", 4);
const longs = memory.alloc("<q", 4);
const flags = memory.alloc("?", 4);
const names = memory.alloc("8s", 4);
const waves = memory.alloc("F", 4);
const points = memory.alloc("T{<I:id:(3)<f:pos:8s:tag:<D:phase:}", 4);

typeOf(bytes.get(0)).is<number>();
typeOf(longs.get(0)).is<bigint>();
typeOf(flags.get(0)).is<boolean>();
typeOf(names.get(0)).is<Uint8Array>();
typeOf(waves.get(0)).is<[number, number]>();
typeOf(points.get(0)).is<{ id: number; pos: Row; tag: Uint8Array; phase: [number, number] }>();
typeOf(points.get(0).pos[2]).is<number>();

bytes.set(0, 255);
longs.set(0, 5n);
flags.set(0, true);
names.set(0, new Uint8Array(8)); // bytes
names.set(0, "name"); // or a text
waves.set(0, [1, 2]); // a pair
waves.set(0, 1); // or a real number
points.set(0, { id: 1, pos: [1, 2, 3], tag: "a", phase: 0 });
points.set(0, { id: 1, pos: [1, 2, 3] as const, tag: new Uint8Array(8), phase: [0, 1] });
points.set(0, points.get(1));
// @ts-expect-error an item of B is a number
bytes.set(0, "255");
// @ts-expect-error an item of B is no bigint
bytes.set(0, 1n);
// @ts-expect-error an item of q is a bigint
longs.set(0, 5);
// @ts-expect-error an item of ? is true or false
flags.set(0, 1);
// @ts-expect-error bytes are no number
names.set(0, 1);
// @ts-expect-error a complex number has two parts
waves.set(0, [1, 2, 3]);
// @ts-expect-error a record has all its fields
points.set(0, { id: 1, pos: [1, 2, 3], tag: "a" });
// @ts-expect-error a sub-array has all its items
points.set(0, { id: 1, pos: [1, 2], tag: "a", phase: 0 });

typeOf(bytes.fill(1)).is<typeof bytes>();
longs.fill(1n);
names.fill("name");
// @ts-expect-error an item of q is a bigint
longs.fill(1);
typeOf(bytes.assign([1, 2, 3, 4])).is<typeof bytes>();
bytes.assign(7).assign(bytes).assign(new Uint8Array(4)).assign(longs, { mode: "c" });
names.assign(["a", new Uint8Array(8), "c", "d"]);
// @ts-expect-error nor are the items of a list
longs.assign([1, 2, 3, 4]);
// @ts-expect-error a mode is "c" or "saturate"
bytes.assign(longs, { mode: "wrap" });

bytes.count(1n); // searches compare as Python does: 1 is 1n is true
typeOf(bytes.indexOf(true, 1)).is<number>();
typeOf(bytes.includes(1)).is<boolean>();

typeOf(points.cursor().id).is<number>();
typeOf(points.cursor(1).moveTo(2).pos).is<Row>();
typeOf(memory.alloc("T{q:at:}", 1).cursor().at).is<bigint>();
typeOf(memory.alloc("T{q:at:}", 1).cursor(0, { int64: "number" }).at).is<number>();
