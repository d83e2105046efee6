/** The values of a `struct`, one after the other. */
import { pack, record, Struct, unpack } from "linearview";
import { typeOf } from "./support.ts";

declare const bytes: Uint8Array;
declare const format: string;
const header = new Struct("<4sHHI");
type Header = [Uint8Array, number, number, number];

// ---- out ---------------------------------------------------------------------------------------------------------------

typeOf(header).is<Struct<"<4sHHI">>();
typeOf(header.unpack(bytes)).is<Header>();
typeOf(header.unpackFrom(bytes, 16)).is<Header>();
for (const each of header.iterUnpack(bytes)) typeOf(each).is<Header>();
export const [tag, major] = header.unpackFrom(bytes);
typeOf(tag).is<Uint8Array>();
typeOf(major).is<number>();
typeOf(unpack("q", bytes)).is<[bigint]>(); // one value is a tuple too
typeOf(unpack("3x", bytes)).is<[]>();
typeOf(unpack(">2h x ?", bytes)).is<[number, number, boolean]>();
typeOf(unpack("c4pF", bytes)).is<[string, Uint8Array, [number, number]]>();
typeOf(unpack("<H100B", bytes)).is<[number, ...number[]]>(); // counts above 16 are not counted
typeOf(unpack("(2)f", bytes)).is<[[number, number]]>(); // a sub-array is one value
typeOf(unpack("2f(2)f", bytes)).is<[[number, number], [number, number]]>(); // and so is a count beside one
typeOf(unpack("T{I:id:}", bytes)).is<[{ id: number }]>();
typeOf(unpack("I:id:?:on:", bytes)).is<[number, boolean]>();
typeOf(unpack(record({ id: "I" }), bytes)).is<[{ id: number }]>();
typeOf(unpack(format, bytes)).is<any[]>();
typeOf(unpack("<bBhHiIlLqQefd?cbBhHiIlLqQefd?c", bytes).length).is<30>();

export const any: Struct = header; // every Struct is a Struct
export const texts: Struct<string>[] = [header, new Struct("B"), new Struct(format)];

// ---- in ----------------------------------------------------------------------------------------------------------------

header.pack("RIFF", 1, 2, 3);
header.pack(new Uint8Array(4), 1, 2, 3);
header.packInto(bytes, 0, "RIFF", 1, 2, 3);
pack("<q?", 1n, true);
pack("F", 1);
pack("<H100B", 1, ...bytes);
pack("T{I:id:8s:tag:}", { id: 1, tag: "a" });
pack(format, 1, "a", true);
// @ts-expect-error a value is missing
header.pack("RIFF", 1, 2);
// @ts-expect-error there is one too many
pack("H", 1, 2);
// @ts-expect-error q is a bigint
pack("q", 1);
// @ts-expect-error the offset comes before the values
header.packInto(bytes, "RIFF", 1, 2, 3);
