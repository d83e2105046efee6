/*
 * The allocator. All of its state is in the memory, at `heap`, so that the module has no globals and needs no memory of
 * its own; the host grows the memory and says so with `heap_add`.
 *
 * Two-level segregated fit: a free block of size s is in the list of its power of two (first level) and of one of eight
 * equal parts of it (second level); a bit per list tells which are not empty. Splitting and merging take constant time,
 * and so does finding unless only the list of the size itself is left. Source: Masmano, Ripoll, Crespo and Real, "TLSF: a
 * new dynamic memory allocator for real-time systems", ECRTS 2004.
 *
 * Control block at `heap`:             Block, from its header:
 *    0  bits of first levels              0  size of the payload in bytes, bit 0 set while free
 *    4  the region added last, its end    4  header of the block to the left, 0 for the first of a region
 *    8  bits of second levels, 32 × u8    8  payload, 16-byte aligned; while free: next and previous free block
 *   48  lists, 32 × 8 × u32
 *
 * A region ends in a header of size 0, which is never free. Headers are at 8 modulo 16, payloads are 8 modulo 16 long,
 * and 24 at least: a block and its header take a multiple of 16.
 */

const LISTS: usize = 48;
const CONTROL: usize = LISTS + 32 * 8 * 4;
const HEADER: usize = 8;
const FREE: u32 = 1;
const LEAST: usize = 24;
/** Rounding up and a header make no more than 4 GiB of it. */
const LARGEST: usize = 0xffffff00;

// ---- fields ---------------------------------------------------------------------------------------------------------

function sizeOf(block: usize): usize {
  return <usize>(load<u32>(block) & ~FREE);
}
function isFree(block: usize): bool {
  return (load<u32>(block) & FREE) != 0;
}
function leftOf(block: usize): usize {
  return <usize>load<u32>(block, 4);
}
function rightOf(block: usize): usize {
  return block + HEADER + sizeOf(block);
}
function setBlock(block: usize, size: usize, free: u32, left: usize): void {
  store<u32>(block, (<u32>size) | free);
  store<u32>(block, <u32>left, 4);
}

// ---- lists of free blocks -------------------------------------------------------------------------------------------

/** Number of the list that a payload of `size` bytes belongs to: first level × 8 + second level. */
function listOf(size: usize): u32 {
  const first = 31 - clz<u32>(<u32>size);
  return (first << 3) | (((<u32>size) >> (first - 3)) & 7);
}

function listAt(heap: usize, list: u32): usize {
  return heap + LISTS + ((<usize>list) << 2);
}

function insert(heap: usize, block: usize): void {
  const list = listOf(sizeOf(block));
  const at = listAt(heap, list);
  const next = load<u32>(at);
  store<u32>(block, next, 8);
  store<u32>(block, 0, 12);
  if (next != 0) store<u32>(<usize>next, <u32>block, 12);
  store<u32>(at, <u32>block);
  const first = list >> 3;
  const bits = (<u32>load<u8>(heap + first, 8)) | (1 << (list & 7));
  store<u8>(heap + first, <u8>bits, 8);
  store<u32>(heap, load<u32>(heap) | (1 << first));
}

function remove(heap: usize, block: usize): void {
  const next = load<u32>(block, 8);
  const previous = load<u32>(block, 12);
  if (next != 0) store<u32>(<usize>next, previous, 12);
  if (previous != 0) {
    store<u32>(<usize>previous, next, 8);
    return;
  }
  const list = listOf(sizeOf(block));
  store<u32>(listAt(heap, list), next);
  if (next != 0) return;
  const first = list >> 3;
  const bits = (<u32>load<u8>(heap + first, 8)) & ~(1 << (list & 7));
  store<u8>(heap + first, <u8>bits, 8);
  if (bits == 0) store<u32>(heap, load<u32>(heap) & ~(1 << first));
}

/** A free block of the first list above `list` that is not empty; 0 when all are. */
function above(heap: usize, list: u32): usize {
  let first = list >> 3;
  let seconds: u32 = (<u32>load<u8>(heap + first, 8)) & (0xfe << (list & 7));
  if (seconds == 0) {
    const firsts = load<u32>(heap) & (0xfffffffe << first);
    if (firsts == 0) return 0;
    first = ctz<u32>(firsts);
    seconds = load<u8>(heap + first, 8);
  }
  return <usize>load<u32>(listAt(heap, (first << 3) | ctz<u32>(seconds)));
}

/** A free block with a payload of `size` bytes at least, taken off its list; 0 when there is none. */
function take(heap: usize, size: usize): usize {
  // Of the size's own list only some are large enough: the block freed last is tried first, so that a size which comes
  // and goes stays in one place. Every block of a list above is.
  const list = listOf(size);
  let block = <usize>load<u32>(listAt(heap, list));
  if (block == 0 || sizeOf(block) < size) {
    const larger = above(heap, list);
    if (larger != 0) block = larger;
    while (block != 0 && sizeOf(block) < size) block = <usize>load<u32>(block, 8);
    if (block == 0) return 0;
  }
  remove(heap, block);
  return block;
}

// ---- blocks ---------------------------------------------------------------------------------------------------------

/** Divides a used block in two, the right one with its header at `rest`. */
function divide(block: usize, rest: usize): void {
  const end = rightOf(block);
  setBlock(block, rest - block - HEADER, 0, leftOf(block));
  setBlock(rest, end - rest - HEADER, 0, block);
  store<u32>(end, <u32>rest, 4);
}

/** Makes a used block free, merged with its free neighbours. */
function release(heap: usize, block: usize): void {
  let start = block;
  let end = rightOf(block);
  store<u32>(block, 0); // no header any more, should this one be merged away: freeing it again is refused
  if (isFree(end)) {
    remove(heap, end);
    end = rightOf(end);
  }
  const left = leftOf(block);
  if (left != 0 && isFree(left)) {
    remove(heap, left);
    start = left;
  }
  setBlock(start, end - start - HEADER, FREE, leftOf(start));
  store<u32>(end, <u32>start, 4);
  insert(heap, start);
}

/** The payload size of a request: 8 modulo 16, and never less than a free block needs. */
function payload(size: usize): usize {
  return size <= LEAST ? LEAST : ((size + 7) & ~15) + 8;
}

// ---- exports --------------------------------------------------------------------------------------------------------

/** Bytes of the control block. */
export function heap_bytes(): usize {
  return CONTROL;
}

/** An empty heap at `heap`, a multiple of 16, with the bytes from there to `end`, at most 0xfffffff0. */
export function heap_init(heap: usize, end: usize): void {
  memory.fill(heap, 0, CONTROL);
  heap_add(heap, heap + CONTROL, end);
}

/** More free bytes, `[start, end)`. When they follow the region added last, the two become one. */
export function heap_add(heap: usize, start: usize, end: usize): void {
  start = (start + 15) & ~15;
  end &= ~15;
  if (end < start || end - start < 64) return;
  // The header that ended the region before becomes that of a block which reaches to the new end.
  const joins = load<u32>(heap, 4) == <u32>start;
  const block = joins ? start - HEADER : start + HEADER;
  const last = end - HEADER;
  setBlock(block, last - block - HEADER, 0, joins ? leftOf(block) : 0);
  setBlock(last, 0, 0, block);
  release(heap, block);
  store<u32>(heap, <u32>end, 4);
}

/**
 * The address of `size` bytes, a multiple of `align` (a power of two from 16), or 0 when no free block has them. Never
 * traps, never grows. The bytes are those of the last owner.
 */
export function heap_alloc(heap: usize, size: usize, align: usize): usize {
  // A block for a larger alignment is cut on its left too, which takes room for a free block there.
  const slack: usize = align > 16 ? align + HEADER + LEAST : 0;
  if (size > LARGEST - slack) return 0;
  const wanted = payload(size);
  let block = take(heap, wanted + slack);
  if (block == 0) return 0;
  store<u32>(block, <u32>sizeOf(block)); // not free any more
  if (slack != 0 && ((block + HEADER) & (align - 1)) != 0) {
    const aligned = ((block + HEADER + HEADER + LEAST + align - 1) & ~(align - 1)) - HEADER;
    divide(block, aligned);
    release(heap, block);
    block = aligned;
  }
  // What is left over on the right becomes a free block when it can be one.
  if (sizeOf(block) - wanted >= HEADER + LEAST) {
    const rest = block + HEADER + wanted;
    divide(block, rest);
    release(heap, rest);
  }
  return block + HEADER;
}

/** Frees the block at `address`. Returns 1, or 0 when no used block can begin there; then nothing changes. */
export function heap_free(heap: usize, address: usize): i32 {
  // Of a memory of 4 GiB the size in bytes is 0, and this is right all the same.
  const last = ((<usize>memory.size()) << 16) - HEADER;
  if (address < heap + CONTROL + 16 || address > last || (address & 15) != 0) return 0;
  const block = address - HEADER;
  const size = sizeOf(block);
  if (isFree(block) || size < LEAST || (size & 15) != 8 || size > last - address) return 0;
  if (leftOf(rightOf(block)) != block) return 0;
  release(heap, block);
  return 1;
}

/** Payload bytes of the largest free block. */
export function heap_largest(heap: usize): usize {
  const firsts = load<u32>(heap);
  if (firsts == 0) return 0;
  const first = 31 - clz<u32>(firsts);
  const second = 31 - clz<u32>(<u32>load<u8>(heap + first, 8));
  let largest: usize = 0;
  for (
    let block = <usize>load<u32>(listAt(heap, (first << 3) | second));
    block != 0;
    block = <usize>load<u32>(block, 8)
  ) {
    if (sizeOf(block) > largest) largest = sizeOf(block);
  }
  return largest;
}
