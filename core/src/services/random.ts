/** Pseudo-random numbers that a seed determines on every computer. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/**
 * A generator (xoshiro128**) for one task; whoever has several tasks seeds each, so that their order does not matter.
 */
export function createRandom(seed: number): Random {
  const state = new Uint32Array(4);
  let mixer = seed >>> 0;
  for (let index = 0; index < 4; index++) {
    mixer = (mixer + 0x9e3779b9) >>> 0;
    let word = Math.imul(mixer ^ (mixer >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    state[index] = word ^ (word >>> 15);
  }
  const nextWord = (): number => {
    const scaled = Math.imul(state[1], 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = (state[3] << 11) | (state[3] >>> 21);
    return result;
  };
  const next = (): number => (nextWord() * 0x200000 + (nextWord() >>> 11)) / 2 ** 53;
  const integer = (bound: number): number => Math.floor(next() * bound);
  return { next, integer, pick: items => items[integer(items.length)] };
}
