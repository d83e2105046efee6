/*
 * CPython itself, in pyodide: its arrays, ctypes records and memoryviews as views, and views as its memoryviews. What
 * Python says of its own objects is what is compared with.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { LinearMemory, MemoryView, memoryview, record } from "linearview";
import { fromPyBuffer, fromPyodide, Lifetime, toPyodide } from "linearview/interop";
import { loadPyodide } from "pyodide";
import { afterEach, expect, test, vi } from "vitest";
import { failure } from "../../unit/support/failure.ts";
import { between, cases, pick, times } from "../../unit/support/random.ts";

const pyodide = await loadPyodide();
const module = (pyodide as any)._module;

pyodide.runPython(`
import array, ctypes, gc, sys, warnings, _testbuffer
warnings.simplefilter("ignore")  # array's "u" goes with Python 3.16
from ctypes import *

class Point(Structure):
    _fields_ = [("id", c_uint16), ("x", c_double), ("v", c_float * 3), ("tag", c_char * 5)]

class Packed(Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("a", c_uint8), ("b", c_int64), ("c", c_uint16 * 2 * 3), ("p", Point)]

class Big(BigEndianStructure):
    _fields_ = [("a", c_uint16), ("b", c_double), ("c", c_int32 * 2)]

class Pointers(Structure):
    _fields_ = [("point", POINTER(Point)), ("deep", POINTER(POINTER(c_int))), ("text", c_char_p), ("wide", c_wchar_p),
        ("f", CFUNCTYPE(c_int)), ("w", c_wchar), ("o", py_object), ("yes", c_bool), ("ld", c_longdouble), ("n", c_size_t)]

class Either(Union):
    _fields_ = [("a", c_uint16), ("b", c_double)]

class Bits(Structure):
    _fields_ = [("a", c_uint16, 3), ("b", c_uint16, 5)]

class Nothing(Structure):
    _fields_ = []

class Exporter:
    """Counts the buffers of bytes that it gave and got back."""
    def __init__(self, data):
        self.data, self.given, self.back, self.flags = data, 0, 0, []
    def __buffer__(self, flags):
        self.flags.append(flags)
        self.given += 1
        return memoryview(self.data)
    def __release_buffer__(self, view):
        self.back += 1
`);

const python = (code: string): any => pyodide.runPython(code);
/** A plain value of Python, tuples and lists as arrays. */
const plain = (code: string): any => {
  const value = python(code);
  if (typeof value?.toJs !== "function") return value;
  const copy = value.toJs();
  value.destroy();
  return copy;
};
/** A view of what a name stands for; the proxy is gone at once. */
function viewOf(expression: string, options?: { format?: string }): MemoryView {
  const proxy = python(expression);
  try {
    return fromPyodide(pyodide, proxy, options);
  } finally {
    proxy.destroy();
  }
}
const raising = (code: string): string => {
  try {
    python(code);
  } catch (error) {
    return (error as Error).message.trimEnd().split("\n").at(-1)!;
  }
  return "nothing";
};

/** Blocks of Python's `malloc` that were asked for from here. */
const live = new Set<number>();
const { _malloc: malloc, _free: free } = module;
module._malloc = (bytes: number): number => {
  const address = malloc(bytes);
  live.add(address);
  return address;
};
module._free = (address: number): void => {
  live.delete(address);
  free(address);
};
const memory = LinearMemory.from(module);
// Nothing of ours stays in Python's memory, no exception stays pending, and the interpreter goes on.
afterEach(() => {
  expect([...live, memory.stats().liveBlocks]).toEqual([0]);
  expect(module._PyErr_Occurred()).toBe(0);
  expect(python("1 + 1")).toBe(2);
});

test("fromPyodide: arrays of every type code, read and written on either side", () => {
  for (const code of plain("list(array.typecodes)")) {
    const text = code === "u" || code === "w";
    python(`a = array.array("${code}", ${text ? '"añ😀"' : "[1, 2, 100]"})`);
    using view = viewOf("a");
    expect(view.itemsize, code).toBe(python("a.itemsize"));
    expect(view.toList().map(Number), code).toEqual(text ? [97, 241, 0x1f600] : [1, 2, 100]);
    view.set(1, text ? 98 : "qQ".includes(code) ? 99n : 99);
    expect(python("a[1]"), code).toEqual(text ? "b" : "qQ".includes(code) ? 99 : 99);
    python(`a[2] = ${text ? '"z"' : "7"}`);
    expect(Number(view.get(2)), code).toBe(text ? 122 : 7);
    expect(view.readonly).toBe(false);
  }
});

test("fromPyodide: records of ctypes, aligned, with sub-arrays and texts", () => {
  python(
    "points = (Point * 4)(); points[2].x = 2.5; points[2].v[1] = 0.25; points[2].tag = b'abc'; points[3].id = 65535",
  );
  using view = viewOf("points");
  expect([view.shape, view.itemsize, view.nbytes, view.lifetime]).toEqual([[4], 40, 160, "lock"]);
  expect(view.get(2)).toEqual({ id: 0, x: 2.5, v: [0, 0.25, 0], tag: ["a", "b", "c", "\0", "\0"] });
  view.field("x").assign([1, 2, 3, 4]);
  view.field("v").set(3, 2, -1);
  const cursor = view.cursor(1) as any;
  cursor.id = 7;
  expect(plain("[p.x for p in points] + [points[3].v[2], points[1].id]")).toEqual([1, 2, 3, 4, -1, 7]);
  python("points[1].id = 8");
  expect(cursor.id).toBe(8);
  expect(view.field("id").toList()).toEqual([0, 8, 0, 65535]);
});

test("fromPyodide: records of ctypes, packed, nested, big-endian, and of more dimensions", () => {
  python(`
packed = (Packed * 3)()
packed[1].a, packed[1].b, packed[1].c[2][1], packed[1].p.x = 200, -2**60, 513, 1.5
big = (Big * 2 * 2)()
big[1][0].a, big[1][0].b, big[1][0].c[1] = 258, -0.5, -3
`);
  using packed = viewOf("packed");
  expect(packed.itemsize).toBe(python("sizeof(Packed)"));
  expect(packed.get(1)).toMatchObject({ a: 200, b: -(2n ** 60n), c: [[0, 0], [0, 0], [0, 513]], p: { x: 1.5 } }); // prettier-ignore
  packed.field("b").set(2, -5n);
  packed.field("c").set(2, 0, 1, 9);
  expect(plain("[packed[2].b, packed[2].c[0][1]]")).toEqual([-5, 9]);
  using big = viewOf("big");
  expect([big.shape, big.get(1, 0)]).toEqual([[2, 2], { a: 258, b: -0.5, c: [0, -3] }]);
  big.field("a").set(0, 1, 772);
  expect(python("big[0][1].a")).toBe(772);
});

test("fromPyodide: pointers, functions and objects are addresses, characters code points, long doubles bytes", () => {
  python(`
target = (Point * 1)(); number = pointer(c_int(5)); something = object()
pointers = (Pointers * 2)()
p = pointers[1]
p.point, p.deep, p.text, p.w, p.o, p.yes, p.n = target, pointer(number), b"text", "é", something, True, 12
`);
  using view = viewOf("pointers");
  expect(view.get(0)).toEqual({ point: 0, deep: 0, text: 0, wide: 0, f: 0, w: 0, o: 0, yes: false, ld: new Uint8Array(16), n: 0 }); // prettier-ignore
  const item = view.get(1);
  expect(item).toMatchObject({ point: python("addressof(target)"), o: python("id(something)"), w: 0xe9, yes: true, n: 12 }); // prettier-ignore
  // Pointers of Python are followed in its own memory.
  expect(memory.view({ byteOffset: item.text, shape: 4 }).toList()).toEqual([..."text"].map((c) => c.charCodeAt(0)));
  const inner = memory.view({ byteOffset: item.deep, format: "P", shape: [] }).get();
  expect(memory.view({ byteOffset: inner, format: "i", shape: [] }).get()).toBe(5);
  for (const type of ["POINTER(Point)", "CFUNCTYPE(c_int)", "c_void_p", "c_char_p", "c_wchar_p"]) {
    python(`several = (${type} * 3)()`);
    using several = viewOf("several");
    expect([several.shape, several.itemsize, several.toList()], type).toEqual([[3], 4, [0, 0, 0]]);
  }
  python("del p, pointers, number, something");
});

test("fromPyodide: unions and bit fields are refused with both sizes, and read with a format", () => {
  python(
    "eithers = (Either * 3)(); eithers[1].b = 0.5; bits = (Bits * 2)(); bits[1].a = 5; bits[1].b = 17; empty = (Nothing * 2)()",
  );
  for (const [name, size] of [["eithers", 8], ["bits", 2]] as const) failure(() => viewOf(name), "ERR_FORMAT", `of ${size} bytes`, "format"); // prettier-ignore
  failure(() => viewOf("empty"), "ERR_FORMAT");
  failure(() => viewOf("eithers", { format: "H" }), "ERR_FORMAT", "'H' of 8 bytes");
  failure(() => viewOf("eithers", { form: "H" } as never), "ERR_VALUE", "form");
  using eithers = viewOf("eithers", { format: "d" });
  expect(eithers.toList()).toEqual([0, 0.5, 0]);
  eithers.set(2, 3);
  expect(python("eithers[2].b")).toBe(3);
  using bits = viewOf("bits", { format: "H" });
  expect(bits.get(1)).toBe(5 + 17 * 8);
});

test("fromPyodide: slices, negative and zero strides, casts, read-only, without dimensions, without items", () => {
  python(`
data = bytearray(range(48))
cells = memoryview(data).cast("i", [3, 4])
views = {
    "reversed": memoryview(data)[40:4:-3],
    "cast": cells,
    "column": _testbuffer.ndarray(list(range(12)), shape=[3, 4], format="i", flags=_testbuffer.ND_WRITABLE)[:, ::-2],
    "zero": _testbuffer.ndarray([5, 6, 7], shape=[2, 3], strides=[0, 4], format="l", flags=_testbuffer.ND_WRITABLE),
    "fortran": _testbuffer.ndarray(list(range(6)), shape=[2, 3], format=">h", flags=_testbuffer.ND_FORTRAN),
    "bytes": memoryview(b"bytes"),
    "scalar": memoryview(array.array("d", [2.5])).cast("B").cast("d", []),
    "ctypes scalar": memoryview(c_double(1.5)).cast("B").cast("d", []),
    "none": memoryview(b""),
    "none of three": _testbuffer.ndarray(list(range(6)), shape=[2, 3], format="q")[:, 3:],
}
`);
  for (const name of plain("list(views)")) {
    const own = `views["${name}"]`;
    using view = viewOf(own);
    expect([view.shape, view.strides], name).toEqual([plain(`${own}.shape`), plain(`${own}.strides`)]);
    expect([view.format, view.ndim, view.itemsize, view.nbytes, view.readonly], name).toEqual(
      plain(`[${own}.format, ${own}.ndim, ${own}.itemsize, ${own}.nbytes, ${own}.readonly]`),
    );
    expect(view.toList(), name).toEqual(plain(`${own}.tolist()`));
    if (view.readonly) failure(() => view.fill(0), "ERR_READONLY");
  }
  using view = viewOf('views["reversed"]');
  view.set(1, 255);
  using column = viewOf('views["column"]');
  column.set(2, 0, -9);
  expect(plain('[data[37], views["column"].tolist()]')).toEqual([255, [[3, 1], [7, 5], [-9, 9]]]); // prettier-ignore
  python("views.clear(); cells.release()");
});

test("fromPyodide: random shapes, strides, slices and formats are what Python says they are", () => {
  cases(60, (random) => {
    const shape = times(between(random, 1, 4), () => between(random, 1, 4));
    const format = pick(random, ["b", "B", "<H", ">h", "i", "!I", "<q", ">Q", "f", "<d", "?"]);
    const count = shape.reduce((a, b) => a * b, 1);
    const items = format === "?" ? "i % 2 == 0" : "i % 100";
    const fortran = random(2) ? "|_testbuffer.ND_FORTRAN" : "";
    const keys = shape.map(() => `${random(2)}:5:${pick(random, [1, 2])}`).join(",");
    const turned = shape.map(() => `::${pick(random, [1, -1])}`).join(",");
    python(
      `nd = _testbuffer.ndarray([${items} for i in range(${count})], shape=[${shape}], format="${format}", flags=_testbuffer.ND_WRITABLE${fortran})[${keys}][${turned}]`,
    );
    using view = viewOf("nd");
    const strip = (value: any): any => (Array.isArray(value) ? value.map(strip) : typeof value === "bigint" ? Number(value) : value); // prettier-ignore
    expect(view.shape).toEqual(plain("nd.shape"));
    expect(strip(view.toList())).toEqual(plain("nd.tolist()"));
    expect([...view.toBytes()]).toEqual([...plain("nd.tobytes()")]);
  });
});

test("fromPyodide: what is behind pointers is refused, with where the table is", () => {
  python('rows = _testbuffer.ndarray(list(range(12)), shape=[3, 4], format="L", flags=_testbuffer.ND_PIL)');
  failure(() => viewOf("rows"), "ERR_UNSUPPORTED", "[0, -1]", "fromRowPointers");
  using row = viewOf("memoryview(rows[1].tobytes()).cast('L')");
  expect(row.toList()).toEqual([4, 5, 6, 7]);
});

test("fromPyodide: the object is locked until the view is released, and then every view of it has ended", () => {
  python("owner = bytearray(b'0123456789')");
  const view = viewOf("owner");
  const part = view.slice([2, 4]);
  expect(raising("owner.append(1)")).toContain("BufferError");
  const letGo = part.hold();
  failure(() => view.release(), "ERR_EXPORTED", "Python buffer");
  expect([part.get(0), raising("owner.clear()")]).toEqual([50, expect.stringContaining("BufferError")]);
  letGo();
  part.release();
  expect(raising("owner.append(1)")).toContain("BufferError");
  const other = view.slice([5]);
  view.release();
  view.release();
  expect(raising("owner.append(1)")).toBe("nothing");
  failure(() => view.get(0), "ERR_RELEASED");
  failure(() => other.get(0), "ERR_RELEASED", "the Python buffer at");
});

test("fromPyodide: two views of one object are two locks", () => {
  python("owner = bytearray(4)");
  const [a, b] = [viewOf("owner"), viewOf("owner")];
  a.release();
  expect(raising("owner.append(1)")).toContain("BufferError");
  b.set(0, 3);
  b.release();
  expect(plain("owner.append(1) or list(owner)")).toEqual([3, 0, 0, 0, 1]);
});

test("fromPyodide: the buffer is given back once, also where no view can be made; writable ones are asked for first", () => {
  python("exporter = Exporter(bytearray(8))");
  const view = viewOf("exporter");
  expect(plain("[exporter.given, exporter.back, exporter.flags]")).toEqual([1, 0, [0x11d]]);
  view.release();
  view[Symbol.dispose]();
  expect(plain("[exporter.given, exporter.back]")).toEqual([1, 1]);
  failure(() => viewOf("exporter", { format: "Y" }), "ERR_FORMAT", "'Y'");
  failure(() => viewOf("exporter", { format: "d" }), "ERR_FORMAT");
  expect(plain("[exporter.given, exporter.back]")).toEqual([3, 3]);
  python("exporter = Exporter(b'only read')");
  using readonly = viewOf("exporter");
  expect([readonly.readonly, ...plain("exporter.flags")]).toEqual([true, 0x11d, 0x11c]);
});

test("fromPyodide: proxies, ids and PyBufferViews stand for one object, and only what is alive is taken", () => {
  python("a = array.array('h', [1, 2, 3])");
  const proxy = python("a");
  const data = proxy.getBuffer();
  const id: number = python("id(a)");
  for (const each of [proxy, data, id, BigInt(id)]) {
    using view = fromPyodide(pyodide, each);
    expect([view.format, view.toList()]).toEqual(["h", [1, 2, 3]]);
  }
  data.release();
  proxy.destroy();
  for (const gone of [data, proxy, {}, null, undefined, "a", Symbol("a"), new Uint8Array(4)]) {
    failure(() => fromPyodide(pyodide, gone), "ERR_UNSUPPORTED", "alive");
  }
  for (const wild of [-16, 2 ** 40, NaN, 0.5, 2n ** 70n, memory.buffer.byteLength - 4]) {
    failure(() => fromPyodide(pyodide, wild), "ERR_BOUNDS", "fromPyodide");
  }
  for (const none of [{}, null, undefined, { _module: {} }, 5]) {
    failure(() => fromPyodide(none as never, id), "ERR_UNSUPPORTED", "loadPyodide");
  }
});

test("fromPyodide: what Python raised is in the error, nothing is left of it", () => {
  python(`
class Refuses:
    def __buffer__(self, flags):
        raise RuntimeError("not today, " + "x" * 1000)
class Silent(Exception):
    def __repr__(self):
        raise ValueError("no text")
class Mute:
    def __buffer__(self, flags):
        raise Silent()
number, refuses, mute = 12345, Refuses(), Mute()
class Plain: pass
thing = Plain()
`);
  const before = plain("[sys.getrefcount(refuses), sys.getrefcount(thing)]");
  for (let i = 0; i < 20; i++) {
    failure(() => viewOf("thing"), "ERR_UNSUPPORTED", "TypeError", "a bytes-like object is required, not 'Plain'");
    const { message } = failure(() => viewOf("refuses"), "ERR_UNSUPPORTED", "RuntimeError('not today, ");
    expect(message.length).toBeLessThan(400);
    failure(() => viewOf("mute"), "ERR_UNSUPPORTED", "Python raised an exception");
  }
  expect(plain("gc.collect() and None or [sys.getrefcount(refuses), sys.getrefcount(thing)]")).toEqual(before);
});

test("fromPyodide: reference counts and blocks of Python end where they began", () => {
  python("a = array.array('d', range(100)); exporter = Exporter(a); three = (Point * 3)()");
  const count = (): number[] => plain("gc.collect() * 0 or [sys.getrefcount(a), sys.getallocatedblocks()]");
  const locked = viewOf("a");
  const held = python("sys.getrefcount(a)");
  locked.release();
  expect(python("sys.getrefcount(a)")).toBe(held - 1);
  const release = (): void => {
    for (const name of ["a", "exporter", "three"]) viewOf(name).release();
  };
  release();
  const [references, allocated] = count();
  for (let i = 0; i < 100; i++) release();
  const [after, then] = count();
  expect(after).toBe(references);
  expect(then! - allocated!).toBeLessThan(50);
});

test("fromPyodide: views survive the growth of Python's memory, which is Python's alone", () => {
  python("a = array.array('i', range(1000))");
  const { buffer } = memory;
  using view = viewOf("a");
  const step = view.slice("::-7");
  expect(memory.buffer).toBe(buffer);
  expect(buffer.byteLength).toBeGreaterThan(0);
  python("big = [bytearray(2**24) for i in range(6)]");
  expect(memory.buffer).not.toBe(buffer);
  expect([view.get(999), step.get(1)]).toEqual([999, 992]);
  step.set(0, -1);
  view.set(0, 5);
  expect(plain("[a[0], a[999]]")).toEqual([5, -1]);
  python("del big");
});

test("fromPyBuffer: a Py_buffer of Python's, and who releases it", () => {
  python("a = array.array('d', [0.5, 1.5])");
  const info = module._malloc(44);
  expect(module._PyObject_GetBuffer(python("id(a)"), info, 0x11d)).toBe(0);
  const view = fromPyBuffer(memory, info, {
    release() {
      module._PyBuffer_Release(info);
      module._free(info);
    },
  });
  view.set(0, 2);
  expect(plain("list(a)")).toEqual([2, 1.5]);
  expect(raising("a.append(1)")).toContain("BufferError");
  view.release();
  expect(raising("a.append(1)")).toBe("nothing");
});

test("toPyodide: format, shape, strides and read-only-ness are Python's, and each sees what the other writes", () => {
  using block = memory.alloc("d", [4, 6]).fill(0);
  block.assign(times(4, (y) => times(6, (x) => 10 * y + x)));
  const views: MemoryView[] = [
    block,
    block.slice("1:, ::-2"),
    block.transpose(),
    block.slice("2, ::3"),
    block.slice("3, 5"),
    block.slice("2:2"),
    block.toReadonly(),
    block.broadcastTo([2, 4, 6]),
    block.reinterpret("q"),
    block.cast("B"),
    block.slice("::-1").reinterpret("h"),
    block.slidingWindow([2, 2]),
  ];
  for (const view of views) {
    using lent = toPyodide(pyodide, view);
    pyodide.globals.set("m", lent.object);
    expect(plain("[m.format, m.itemsize, m.ndim, m.nbytes, m.readonly]"), String(view)).toEqual(
      [view.format, view.itemsize, view.ndim, view.nbytes, view.readonly], // prettier-ignore
    );
    expect([plain("m.shape"), plain("m.strides")], String(view)).toEqual([view.shape, view.strides]);
    expect([...plain("m.tobytes()")], String(view)).toEqual([...view.toBytes()]);
    python("del m");
  }
  using lent = toPyodide(pyodide, block.slice("::-1, 1::2"));
  pyodide.globals.set("m", lent.object);
  python("m[0, 2] = -1.25");
  expect(block.get(3, 5)).toBe(-1.25);
  block.set(2, 1, 7.5);
  expect(python("m[1, 0]")).toBe(7.5);
  expect(raising("memoryview(m).toreadonly()[0, 0] = 1")).toContain("TypeError");
  python("del m");
});

test("toPyodide: records keep their format, and any reader of buffers takes them", () => {
  using block = memory.alloc(record({ id: "H", x: "d", v: "(3)f" }), 3);
  block.field("x").fill(1.5);
  using lent = toPyodide(pyodide, block);
  pyodide.globals.set("m", lent.object);
  expect(plain("[m.format, m.itemsize, _testbuffer.ndarray(m, getbuf=_testbuffer.PyBUF_FULL).format]")).toEqual([
    block.format,
    block.itemsize,
    block.format,
  ]);
  // ctypes takes the same bytes as a record of its own.
  python("class Own(Structure): _fields_ = [('id', c_uint16), ('x', c_double), ('v', c_float * 3)]");
  python("own = (Own * 3).from_buffer(m.cast('B')); own[2].v[1] = 0.5; own[1].x += 1; del own, m; gc.collect()");
  expect([block.field("v").get(2, 1), block.field("x").get(1)]).toEqual([0.5, 2.5]);
});

test("toPyodide: the block is held until Python has given up the memoryview and every slice of it", () => {
  const block = memory.alloc("i", 8);
  const lent = toPyodide(pyodide, block);
  pyodide.globals.set("m", lent.object);
  for (const end of [() => memory.free(block), () => block.release(), () => memory[Symbol.dispose]()]) {
    failure(end, "ERR_EXPORTED", "hold");
  }
  python("part = m[2:4]; bytes_of = memoryview(part).cast('B')");
  failure(() => lent.release(), "ERR_EXPORTED", "PythonView.release");
  expect([lent.released, raising("m[0]")]).toEqual([false, expect.stringContaining("ValueError")]);
  python("part[0] = 77");
  expect(block.get(2)).toBe(77);
  python("part.release()");
  failure(() => block.release(), "ERR_EXPORTED");
  python("del bytes_of");
  expect(lent.released).toBe(true);
  lent.release();
  lent.release();
  block.release();
  expect(raising("m[0]")).toContain("released");
  expect(raising("memoryview(m)")).toContain("released");
  python("del m, part");
});

test("toPyodide: Python alone may end it: by release, by del, by leaving with", () => {
  for (const end of ["m.release()", "del m", "with m: pass"]) {
    const block = memory.alloc("B", 4);
    const lent = toPyodide(pyodide, block);
    pyodide.globals.set("m", lent.object);
    lent.object.destroy();
    expect(lent.released).toBe(false);
    python(end);
    expect(lent.released, end).toBe(true);
    block.release();
    lent.release();
  }
});

test("toPyodide: a buffer that Python took of it, by whatever means, is refused and does no harm", () => {
  const block = memory.alloc("B", 16);
  const lent = toPyodide(pyodide, block);
  pyodide.globals.set("m", lent.object);
  python("c = (c_char * 16).from_buffer(m); wrapper = m.obj");
  failure(() => lent.release(), "ERR_EXPORTED");
  // What it is made of can be found, but not kept past the end.
  python(`
found = [each for each in gc.get_referents(wrapper)]
inner = [each for each in found if isinstance(each, memoryview)]
maker = [each for each in found if isinstance(each, list)]
del c; gc.collect()
`);
  lent.release();
  expect(lent.released).toBe(true);
  block.release();
  expect(plain("[len(inner), len(maker)]")).toEqual([1, 1]);
  expect([raising("inner[0][0]"), raising("memoryview(maker[0])")]).toEqual([
    expect.stringContaining("released"),
    expect.stringContaining("released"),
  ]);
  python("del m, wrapper, found, inner, maker");
});

test("toPyodide: there and back, and views of Python's own objects, keep each other's locks", () => {
  python("owner = bytearray(range(10))");
  const view = viewOf("owner");
  const lent = toPyodide(pyodide, view.slice("::3"));
  using back = fromPyodide(pyodide, lent.object);
  expect(back.toList()).toEqual([0, 3, 6, 9]);
  back.set(1, 200);
  expect([view.get(3), python("owner[3]")]).toEqual([200, 200]);
  failure(() => lent.release(), "ERR_EXPORTED");
  failure(() => view.release(), "ERR_EXPORTED");
  back.release();
  lent.release();
  view.release();
  expect(raising("owner.append(1)")).toBe("nothing");
});

test("toPyodide: refuses other memories, released views, and what ends without Python being asked", () => {
  const own = LinearMemory.create();
  const elsewhere = own.alloc("B", 4);
  failure(
    () => toPyodide(pyodide, elsewhere),
    "ERR_UNSUPPORTED",
    own.buffer.byteLength,
    memory.buffer.byteLength,
    "copy()",
  );
  failure(() => toPyodide(pyodide, memoryview(new Uint8Array(4))), "ERR_UNSUPPORTED", "copy()");
  failure(() => toPyodide(pyodide, {} as never), "ERR_UNSUPPORTED", "toPyodide");
  failure(() => toPyodide({} as never, elsewhere), "ERR_UNSUPPORTED", "loadPyodide");
  const block = memory.alloc("B", 64);
  const { byteOffset } = block;
  for (const kind of ["call", "mutation"] as const) {
    const borrowed = memory.view({ byteOffset, shape: 4, lifetime: new Lifetime(kind) });
    failure(() => toPyodide(pyodide, borrowed), "ERR_UNSUPPORTED", kind, "copy()");
  }
  const guarded = memory.view({ byteOffset, shape: 4, lifetime: new Lifetime("release", { valid: () => true }) });
  failure(() => toPyodide(pyodide, guarded), "ERR_UNSUPPORTED", "release", "copy()");
  // Address 0 is none to Python.
  failure(() => toPyodide(pyodide, memory.view({ byteOffset: 0, shape: 4 })), "ERR_UNSUPPORTED", "memoryview");
  block.release();
  failure(() => toPyodide(pyodide, block), "ERR_RELEASED");
});

test("toPyodide: a view that is given up here stays Python's, and nothing is left when both are done", () => {
  const block = memory.alloc("d", 32);
  const allocated = (): number => python("gc.collect() * 0 + sys.getallocatedblocks()");
  toPyodide(pyodide, block).release();
  const before = allocated();
  for (let i = 0; i < 100; i++) {
    const part = block.slice([i % 7, 20, 2]);
    const lent = toPyodide(pyodide, part);
    part.release();
    pyodide.globals.set("m", lent.object);
    python("m[0] += 1; del m");
    lent.release();
  }
  expect(allocated() - before).toBeLessThan(50);
  expect(block.toList().reduce((sum: number, each: number) => sum + each, 0)).toBe(100);
  block.release();
});

test("toPyodide: what is dropped on both sides ends with the collection of garbage", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const block = memory.alloc("d", 4);
  toPyodide(pyodide, block);
  failure(() => block.release(), "ERR_EXPORTED");
  const free = (): boolean => {
    try {
      block.release();
    } catch {
      return false;
    }
    return true;
  };
  await vi.waitUntil(() => (collect(), free()), { timeout: 20_000, interval: 20 });
  failure(() => block.get(0), "ERR_RELEASED");
});

test("python: where Python's memory has no room, nothing is locked, held or left", () => {
  python("owner = bytearray(8)");
  const block = memory.alloc("B", 8);
  const allocators = ["_malloc", "_aligned_alloc", "_memalign"].filter((name) => module[name]);
  const own = allocators.map((name) => module[name]);
  try {
    for (const name of allocators) module[name] = () => 0;
    failure(() => viewOf("owner"), "ERR_ALLOCATION", "44 bytes");
    failure(() => toPyodide(pyodide, block), "ERR_ALLOCATION", " bytes");
  } finally {
    allocators.forEach((name, i) => (module[name] = own[i]));
  }
  expect(raising("owner.append(1)")).toBe("nothing");
  block.release();
});
