/** A way from one register to the next through an engine that may decide its clock. */
export interface TimingPath {
  /** What the path does, to follow the name of the engine. */
  readonly title: string;
  /** The product on it: widths of its operands, bits. */
  readonly product: readonly [leftBits: number, rightBits: number];
}
