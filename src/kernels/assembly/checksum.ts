// xxHash32's round: reversible in the lane for any word, and in the word for any lane.
const PRIME_1: u32 = 0x9e3779b1;
const PRIME_2: u32 = 0x85ebca77;

// @ts-ignore: decorator
@inline
function round(lanes: v128, words: v128): v128 {
  const sum = i32x4.add(lanes, i32x4.mul(words, i32x4.splat(PRIME_2)));
  const turned = v128.or(i32x4.shl(sum, 13), i32x4.shr_u(sum, 19));
  return i32x4.mul(turned, i32x4.splat(PRIME_1));
}

/** Mixes blocks of 64 bytes into 16 lanes of 32 bits: word w of a block into lane w. */
export function mixLanes(lanes: usize, data: usize, blocks: usize): void {
  let a = v128.load(lanes);
  let b = v128.load(lanes, 16);
  let c = v128.load(lanes, 32);
  let d = v128.load(lanes, 48);
  for (let end = data + (blocks << 6); data < end; data += 64) {
    a = round(a, v128.load(data));
    b = round(b, v128.load(data, 16));
    c = round(c, v128.load(data, 32));
    d = round(d, v128.load(data, 48));
  }
  v128.store(lanes, a);
  v128.store(lanes, b, 16);
  v128.store(lanes, c, 32);
  v128.store(lanes, d, 48);
}
