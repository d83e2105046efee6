export function probe(address: usize): i32 {
  return atomic.load<i32>(address);
}
