import { hex as heap } from "virtual:wasm/heap";
import { hex as blur } from "virtual:wasm/image/blur";
import { hex as geometry } from "virtual:wasm/image/geometry";
import { hex as filter } from "virtual:wasm/image/filter";
import { hex as point } from "virtual:wasm/image/point";
import { hex as composite } from "virtual:wasm/image/composite";
import { hex as statistics } from "virtual:wasm/image/statistics";
import { hex as kernels } from "virtual:wasm/kernels";
import { hex as strided } from "virtual:wasm/strided";
import binaryen from "binaryen";
import { describe, expect, test } from "vitest";
import { decodeHex } from "../../src/kernels/wasm/instantiate.ts";
import { setLimits } from "../../src/kernels/wasm/limits.ts";

const MODULES = { heap, strided, point, blur, filter, geometry, statistics, composite, kernels };

describe.each(Object.entries(MODULES))("binary %s", (name, hex) => {
  const text = binaryen.readBinary(decodeHex(hex)).emitText();

  test("owns nothing: no data, no globals, no tables, no start, no growth", () => {
    expect(text).toContain("(func ");
    for (const owned of ["(data", "(global", "(table", "(elem", "(start", "memory.grow"])
      expect(text).not.toContain(owned);
  });

  test("imports env.memory and nothing else, and exports functions only", () => {
    const module = new WebAssembly.Module(setLimits(decodeHex(hex), "unshared"));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    expect(WebAssembly.Module.exports(module).every(({ kind }) => kind === "function")).toBe(true);
  });

  test("has SIMD instructions where it is a kernel", () => {
    expect(text.includes("v128.")).toBe(name !== "heap");
  });

  test.each([
    ["unshared, no maximum", { initial: 1 }, "unshared"],
    ["unshared, any maximum", { initial: 1, maximum: 3 }, "unshared"],
    ["shared", { initial: 1, maximum: 3, shared: true }, "shared"],
  ] as const)("loads on a memory that is %s", (_, descriptor, kind) => {
    const module = new WebAssembly.Module(setLimits(decodeHex(hex), kind));
    const env = { memory: new WebAssembly.Memory(descriptor) };
    expect(() => new WebAssembly.Instance(module, { env })).not.toThrow();
  });
});

test("decodeHex: every byte and length, as Node writes it", () => {
  for (let length = 0; length < 260; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 89 + length) & 255);
    expect(decodeHex(Buffer.from(bytes).toString("hex"))).toEqual(bytes);
  }
});
