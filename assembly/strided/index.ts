export function probe(address: usize): void {
  v128.store(address, v128.xor(v128.load(address), i8x16.splat(-1)));
}
