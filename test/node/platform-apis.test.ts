import { createHash } from "node:crypto";
import { LinearMemory, type MemoryView } from "linearview";
import { describe, expect, test } from "vitest";
import { failure } from "../unit/support/failure.ts";

const TEXT = "déjà vu"; // of 9 bytes
const BYTES = [...new TextEncoder().encode(TEXT)];

const digest = (bytes: Iterable<number>): string => createHash("sha256").update(Uint8Array.from(bytes)).digest("hex");

describe.each([false, true])("forApi in Node: memory that is shared: %s", (shared) => {
  const memory = LinearMemory.create({ shared });
  const packed = memory.alloc("B", BYTES.length);
  const strided = memory.alloc("B", [BYTES.length, 3]).slice("..., 1");
  const views: [string, MemoryView<number>][] = [
    ["packed", packed],
    ["strided", strided],
  ];

  test.each(views)("what reads gets the items of a %s view", async (_, view) => {
    view.assign(BYTES);
    expect(new TextDecoder().decode(view.forApi("TextDecoder.decode"))).toBe(TEXT);
    const hash = await crypto.subtle.digest("SHA-256", view.forApi("crypto.subtle.digest"));
    expect(Buffer.from(hash).toString("hex")).toBe(digest(BYTES));
    expect(await new Blob([view.forApi("Blob")]).text()).toBe(TEXT);
    expect(await new Response(view.forApi("Response")).text()).toBe(TEXT);
    const request = new Request("http://localhost", { method: "POST", body: view.forApi("Request") });
    expect(await request.text()).toBe(TEXT);
    const clone = structuredClone(view.forApi("structuredClone"));
    expect([[...clone], clone.buffer.byteLength]).toEqual([BYTES, BYTES.length]);
    expect(view.forApi("TextDecoder.decode").buffer === view.buffer).toBe(!shared && view === packed);
  });

  test.each(views)("what writes reaches a %s view", (_, view) => {
    view.fill(0);
    const { written } = view.forApi("TextEncoder.encodeInto", (bytes) => new TextEncoder().encodeInto(TEXT, bytes));
    expect([written, view.toList()]).toEqual([BYTES.length, BYTES]);
    const random = view.forApi("crypto.getRandomValues", (bytes) => crypto.getRandomValues(bytes).slice());
    expect(view.toList()).toEqual([...random]);
    expect(view.toList()).not.toEqual(BYTES);
    if (!shared && view === packed) crypto.getRandomValues(view.forApi("crypto.getRandomValues"));
    else
      failure(
        () => view.forApi("crypto.getRandomValues"),
        "ERR_UNSUPPORTED",
        shared && view === packed ? "shared" : "packed",
      );
  });
});
