/** Thrown inside the lowering where an operator cannot run on the chip; collected, never seen outside. */
export class Refusal extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }
}
